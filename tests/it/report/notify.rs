//! Messages to a webhook, received by a server on this machine.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::{JoinHandle, spawn};
use std::time::{Duration, Instant};

use lockgate::notify::{Patience, Undelivered, post};

use crate::cli::{Answer, with_environment};
use crate::support::{Scratch, wait};

/// A server that gives these answers, one for each connection; an empty one hangs up instead.
/// Joined, it gives what it was sent.
fn server(answers: &'static [&'static str]) -> (String, JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!(
        "http://{}/services/T0/B0/secret",
        listener.local_addr().unwrap()
    );
    let serve = spawn(move || {
        let mut got = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().unwrap();
            stream
                .set_read_timeout(Some(Duration::from_secs(5)))
                .unwrap();
            let mut bytes = Vec::new();
            let mut buffer = [0; 65536];
            loop {
                let read = stream.read(&mut buffer).unwrap();
                bytes.extend_from_slice(&buffer[..read]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else {
                    continue;
                };
                let length = head.lines().find_map(|line| {
                    let (name, value) = line.split_once(": ")?;
                    name.eq_ignore_ascii_case("content-length")
                        .then(|| value.parse::<usize>().ok())?
                });
                if read == 0 || body.len() >= length.unwrap_or(0) {
                    got.push(body.to_owned());
                    break;
                }
            }
            stream.write_all(answer.as_bytes()).unwrap();
        }
        got
    });
    (url, serve)
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
const SLOWER: &str = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const LATER: &str = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 3600\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const BROKEN: &str =
    "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const WRONG: &str =
    "HTTP/1.1 400 Bad Request\r\ncontent-length: 14\r\nconnection: close\r\n\r\ninvalid_blocks";
const AWAY: &str = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const HANGS_UP: &str = "";

fn send(url: &str) -> Result<(), Undelivered> {
    let url = url.to_owned();
    let patience = Patience {
        tries: 3,
        first: Duration::from_millis(10),
        longest: Duration::from_secs(2),
        answer: Duration::from_secs(5),
    };
    wait(async move { post(&url, "{\"text\":\"hello\"}", patience).await })
}

#[test]
fn a_server_that_asks_for_patience_is_given_as_much_as_it_asks_for() {
    let (url, serve) = server(&[SLOWER, OK]);
    let begun = Instant::now();
    assert_eq!(send(&url), Ok(()));
    assert!(begun.elapsed() >= Duration::from_secs(1));
    assert_eq!(serve.join().unwrap(), ["{\"text\":\"hello\"}"; 2]);
}

#[test]
fn a_server_that_asks_for_more_patience_than_there_is_is_left_alone() {
    let (url, serve) = server(&[LATER]);
    assert!(matches!(send(&url), Err(Undelivered::Refused(_))));
    assert_eq!(serve.join().unwrap().len(), 1);
}

#[test]
fn a_failing_server_is_asked_again_a_bounded_number_of_times() {
    let (url, serve) = server(&[BROKEN, BROKEN, OK]);
    assert_eq!(send(&url), Ok(()));
    assert_eq!(serve.join().unwrap().len(), 3);
    let (url, serve) = server(&[BROKEN, BROKEN, BROKEN]);
    assert!(matches!(send(&url), Err(Undelivered::Refused(why)) if why.starts_with("503")));
    assert_eq!(serve.join().unwrap().len(), 3);
}

#[test]
fn a_message_that_is_wrong_or_sent_away_is_not_sent_again() {
    let (url, serve) = server(&[WRONG]);
    assert!(
        matches!(send(&url), Err(Undelivered::Refused(why)) if why.ends_with("invalid_blocks"))
    );
    serve.join().unwrap();
    let (url, serve) = server(&[AWAY]);
    assert!(matches!(send(&url), Err(Undelivered::Refused(_))));
    serve.join().unwrap();
}

#[test]
fn a_message_that_may_have_arrived_is_not_sent_again_and_the_address_is_told_to_nobody() {
    let (url, serve) = server(&[HANGS_UP]);
    let error = send(&url).unwrap_err();
    assert!(matches!(error, Undelivered::Unknown(_)), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
    assert_eq!(serve.join().unwrap().len(), 1);
    let error = send("http://127.0.0.1:9/secret").unwrap_err();
    assert!(matches!(error, Undelivered::Unreachable(_)), "{error}");
    assert!(!error.to_string().contains("secret"), "{error}");
}

#[test]
fn only_https_and_this_machine_are_addresses() {
    for url in ["http://example.com/x", "ftp://127.0.0.1/", "nonsense"] {
        assert!(matches!(send(url), Err(Undelivered::Address(_))), "{url}");
    }
}

fn notify(shop: &Scratch, url: &str, more: &[&str]) -> Answer {
    let folder = shop.data().parent().unwrap().to_owned();
    let args = [&["notify", "slack"], more].concat();
    with_environment(&folder, &args, &[("LOCKGATE_SLACK_WEBHOOK", url)])
}

fn shop() -> Scratch {
    let shop = Scratch::new(crate::shop::SOUND);
    shop.write("data/orders_2024-01-01.csv", "Id,Amount\n1,5\n2,-7777\n");
    shop.run();
    shop
}

#[test]
fn a_run_is_told_once_without_a_value_of_its_rows() {
    let shop = shop();
    let (url, serve) = server(&[OK]);
    let sent = notify(&shop, &url, &[]);
    assert_eq!(sent.code, 0, "{}", sent.err);
    let again = notify(&shop, &url, &[]);
    assert!(
        again.code == 0 && again.out.contains("was sent before"),
        "{}",
        again.out
    );
    let got = serve.join().unwrap();
    assert!(
        got[0].contains("base_orders") && !got[0].contains("7777"),
        "{}",
        got[0]
    );
    let states = shop.query("SELECT state FROM history.notifications ORDER BY at");
    assert_eq!(states, ["begun", "sent"]);
}

#[test]
fn values_are_told_where_they_are_asked_for_and_a_refused_message_may_be_sent_again() {
    let shop = shop();
    let (url, serve) = server(&[WRONG, OK]);
    let refused = notify(&shop, &url, &["--with-samples"]);
    assert!(
        refused.code == 3 && refused.err.contains("invalid_blocks"),
        "{}",
        refused.err
    );
    assert_eq!(notify(&shop, &url, &["--with-samples"]).code, 0);
    assert!(serve.join().unwrap()[1].contains("7777"));
}

#[test]
fn a_message_of_unknown_fate_is_sent_again_only_when_asked() {
    let shop = shop();
    let (url, serve) = server(&[HANGS_UP, OK]);
    assert_eq!(notify(&shop, &url, &[]).code, 3);
    let asked = notify(&shop, &url, &[]);
    assert!(
        asked.code == 2 && asked.err.contains("--again"),
        "{}",
        asked.err
    );
    assert_eq!(notify(&shop, &url, &["--again"]).code, 0);
    assert_eq!(serve.join().unwrap().len(), 2);
}
