//! What lies in the data folder and is no file: told, and never waited for.

#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;

use lockgate::outcome::FileState;

use super::{GOOD, MANIFEST, town};
use crate::support::file;

#[test]
fn what_is_called_like_a_file_and_is_none_is_refused_and_told() {
    let town = town();
    let data = town.data();
    let people = |day: u32| data.join(format!("people_2024-01-{day:02}.csv"));
    town.write("data/streets_2024-01-01.csv", "Street\nElm St\n");
    town.write("data/people_2024-01-01.csv", GOOD);
    town.write("elsewhere.csv", GOOD);
    town.write("data/real.txt", GOOD.replace("Ada", "Eve"));
    fs::create_dir(people(2)).expect("a folder");
    symlink(data.join("nothing.csv"), people(3)).expect("a link");
    let made = Command::new("mkfifo").arg(people(4)).status();
    assert!(made.expect("mkfifo runs").success());
    let _socket = UnixListener::bind(people(5)).expect("a socket");
    symlink(town.path("elsewhere.csv"), people(6)).expect("a link");
    symlink(data.join("real.txt"), people(7)).expect("a link");
    symlink("/dev/zero", data.join("zero.csv")).expect("a link");
    let bytes = OsStr::from_bytes(b"people_\xff.csv");
    fs::write(data.join(bytes), GOOD).expect("a file");
    fs::create_dir(data.join("archive")).expect("a folder");

    let run = town.run();
    let reason = |name: &str| {
        let file = file(&run, name);
        assert_eq!(file.state, FileState::Refused, "{name}");
        assert_eq!(file.reason, file.masked, "{name}");
        file.reason.clone().unwrap_or_default()
    };
    let told = [
        (
            "people_2024-01-02.csv",
            "it is a folder. Put the file itself here, or rename the folder",
        ),
        (
            "people_2024-01-03.csv",
            "it is a link to nothing. Bring back the file it points to, or delete the link",
        ),
        (
            "people_2024-01-04.csv",
            "it is a named pipe, and no file. Write the data into a file of that name",
        ),
        (
            "people_2024-01-05.csv",
            "it is a socket, and no file. Write the data into a file of that name",
        ),
        (
            "people_2024-01-06.csv",
            "it is a link that points out of the data folder. If that is meant, write `outside_links = true` in lockgate.toml; otherwise put the file itself here",
        ),
        ("people_\\xff.csv", "its name is no UTF-8. Rename it"),
    ];
    for (name, expected) in told {
        assert_eq!(reason(name), expected);
    }
    assert_eq!(file(&run, "people_2024-01-01.csv").state, FileState::New);
    assert_eq!(file(&run, "people_2024-01-07.csv").state, FileState::New);
    assert_eq!(
        run.unclaimed,
        ["zero.csv (it is a link that points out of the data folder)"]
    );

    town.write(
        "lockgate.toml",
        format!("{MANIFEST}\noutside_links = true\n"),
    );
    let run = town.run();
    let linked = file(&run, "people_2024-01-06.csv");
    assert_eq!(linked.state, FileState::New, "{:?}", linked.reason);
    assert_eq!(run.unclaimed, ["zero.csv (it is a device, and no file)"]);
}

#[test]
fn a_file_that_cannot_be_read_does_not_keep_the_others_out() {
    use std::os::unix::fs::PermissionsExt;
    let town = town();
    town.write("data/people_2024-01-01.csv", GOOD);
    town.write("data/people_2024-01-02.csv", GOOD.replace("Ada", "Eve"));
    let closed = town.path("data/people_2024-01-01.csv");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).expect("permissions");
    if fs::read(&closed).is_ok() {
        return; // Nothing is closed to this user.
    }
    let run = town.run();
    let reason = file(&run, "people_2024-01-01.csv").reason.as_deref();
    let expected = "the file cannot be read: Permission denied (os error 13). Mend the file, its permissions or the disk, then run again";
    assert_eq!(reason, Some(expected));
    assert_eq!(file(&run, "people_2024-01-02.csv").state, FileState::New);
}
