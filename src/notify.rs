//! Telling a run to somebody: one POST to a webhook, tried again where that can help.

use std::fmt;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, StatusCode, redirect};
use url::Url;

/// How often and how long a message is tried.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    pub tries: u32,
    /// The wait after the first failure; each further one is twice as long.
    pub first: Duration,
    /// No wait is longer; a server that asks for more is not asked again.
    pub longest: Duration,
    /// What one answer may take.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            tries: 5,
            first: Duration::from_secs(1),
            longest: Duration::from_secs(60),
            answer: Duration::from_secs(20),
        }
    }
}

/// Why a message was not delivered. The address is a secret, and is in none of the texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undelivered {
    /// The address is none that a message may go to.
    Address(&'static str),
    /// The server said no, or kept failing: the message did not arrive.
    Refused(String),
    /// There is no server, or no way to it: the message did not arrive.
    Unreachable(String),
    /// The connection broke after the message had gone: nobody knows whether it arrived.
    Unknown(String),
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(why) => f.write_str(why),
            Self::Refused(why) => write!(f, "the webhook refused the message: {why}"),
            Self::Unreachable(why) => write!(f, "the webhook cannot be reached: {why}"),
            Self::Unknown(why) => write!(f, "it is not known whether the message arrived: {why}"),
        }
    }
}

impl std::error::Error for Undelivered {}

/// Posts a JSON document. Tries again on 429, after as long as `Retry-After` says, and on 5xx
/// and where no connection was made, after waits that double; never after a message that may
/// have arrived.
///
/// # Errors
/// The address is neither https nor on this machine, or the message was not delivered.
pub async fn post(url: &str, body: &str, patience: Patience) -> Result<(), Undelivered> {
    let url = address(url)?;
    // A redirect could carry the message to somebody else.
    let client = Client::builder()
        .redirect(redirect::Policy::none())
        .timeout(patience.answer)
        .build()
        .map_err(|error| Undelivered::Unreachable(told(error)))?;
    let mut wait = patience.first;
    let mut tries = 1;
    loop {
        let request = client
            .post(url.clone())
            .header(CONTENT_TYPE, "application/json");
        let (failure, asked) = match request.body(body.to_owned()).send().await {
            Ok(response) if response.status().is_success() => return Ok(()),
            Ok(response) => answered(response, &url).await?,
            Err(error) if error.is_connect() => (Undelivered::Unreachable(told(error)), None),
            Err(error) => return Err(Undelivered::Unknown(told(error))),
        };
        let pause = asked.unwrap_or(wait);
        if tries >= patience.tries || pause > patience.longest {
            return Err(failure);
        }
        tokio::time::sleep(pause).await;
        wait = (wait * 2).min(patience.longest);
        tries += 1;
    }
}

/// An answer that is no success: what it says and how long to wait, or an error where asking
/// again cannot help.
async fn answered(
    response: Response,
    url: &Url,
) -> Result<(Undelivered, Option<Duration>), Undelivered> {
    let status = response.status();
    let asked = response.headers().get(RETRY_AFTER);
    let asked = asked.and_then(|value| value.to_str().ok()?.trim().parse().ok());
    let text = response.text().await.unwrap_or_default();
    let text = redacted(&text, url);
    let text: String = text.chars().filter(|c| !c.is_control()).take(200).collect();
    let failure = Undelivered::Refused(format!("{status} {text}").trim_end().to_owned());
    match status {
        StatusCode::TOO_MANY_REQUESTS => Ok((failure, asked.map(Duration::from_secs))),
        status if status.is_server_error() => Ok((failure, None)),
        _ => Err(failure),
    }
}

/// An error with its causes and without the address.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(deeper) = cause {
        text = format!("{text}: {deeper}");
        cause = deeper.source();
    }
    text
}

/// The text without any part of the address: servers echo what they were asked.
fn redacted(text: &str, url: &Url) -> String {
    let mut secrets: Vec<String> = vec![url.as_str().to_owned(), url.path().to_owned()];
    secrets.extend(url.path_segments().into_iter().flatten().map(str::to_owned));
    secrets.extend(url.password().map(str::to_owned));
    secrets.push(url.username().to_owned());
    secrets.extend(url.query().map(str::to_owned));
    secrets.extend(url.query_pairs().map(|(_, value)| value.into_owned()));
    // As a path, as a word of JSON, and as one of an address.
    let encoded = secrets.iter().flat_map(|secret| {
        let in_json = secret.replace('/', "\\/");
        let in_query = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>();
        [
            in_json,
            in_query,
            secret.to_uppercase(),
            secret.to_lowercase(),
        ]
    });
    let encoded: Vec<String> = encoded.collect();
    secrets.extend(encoded);
    // Of a short word, every text would lose letters; and none is a secret.
    secrets.retain(|secret| secret.len() >= 4);
    secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
    secrets.iter().fold(text.to_owned(), |text, secret| {
        text.replace(secret.as_str(), "…")
    })
}

fn address(text: &str) -> Result<Url, Undelivered> {
    let Ok(url) = Url::parse(text.trim()) else {
        return Err(Undelivered::Address("the webhook is no URL"));
    };
    let here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    match url.scheme() {
        "https" => Ok(url),
        "http" if here => Ok(url),
        _ => Err(Undelivered::Address("the webhook must be an https:// URL")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_answer_of_a_server_repeats_the_address() {
        let url = "https://user:hunter22@hooks.example.com/services/T0AAAAAA/B0BBBBBB/Zx9SecretTok?key=val%2Fue9";
        let url = Url::parse(url).unwrap();
        for text in [
            "no such hook: /services/T0AAAAAA/B0BBBBBB/Zx9SecretTok",
            r#"{"path":"\/services\/T0AAAAAA\/B0BBBBBB\/Zx9SecretTok"}"#,
            "url=https%3A%2F%2Fhooks%2Fservices%2FT0AAAAAA%2FB0BBBBBB%2FZx9SecretTok",
            "token Zx9SecretTok is revoked, ZX9SECRETTOK too; user:hunter22; key=val/ue9, val%2Fue9",
        ] {
            let told = redacted(text, &url);
            for secret in [
                "T0AAAAAA",
                "Zx9SecretTok",
                "ZX9SECRETTOK",
                "hunter22",
                "ue9",
            ] {
                assert!(!told.contains(secret), "{told}");
            }
        }
        assert_eq!(redacted("invalid_payload", &url), "invalid_payload");
    }
}
