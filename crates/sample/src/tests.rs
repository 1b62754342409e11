use std::collections::{HashMap, HashSet};
use std::fs;

use super::*;

type Table = Vec<HashMap<String, String>>;

const HEADERS: [(&str, &str); 4] = [
    ("source1", nevada::HEADER),
    (
        "source2",
        "Type License,Company,Accepts Subsidy,Year Round,Daytime Hours,Star Level,Mon,Tues,Wed,\
         Thurs,Friday,Saturday,Sunday,Primary Caregiver,Phone,Email,Address1,Address2,City,State,\
         Zip,Subsidy Contract Number,Total Cap,Ages Accepted 1,AA2,AA3,AA4,\
         License Monitoring Since,School Year Only,Evening Hours",
    ),
    ("source3", texas::HEADER),
    ("salesforce_leads", salesforce::HEADER),
];

fn plan(rows: u64, months: u32, faults: &[&str]) -> Plan {
    let faults = faults.iter().map(|fault| fault.parse().unwrap()).collect();
    Plan {
        rows,
        months,
        seed: 1,
        faults,
    }
}

/// The plan's files by name, in the order they were written.
fn made(plan: &Plan, test: &str) -> Vec<(String, Vec<u8>)> {
    let out = std::env::temp_dir().join(format!("lockgate-{}-{test}", std::process::id()));
    let written = write(plan, &out).unwrap();
    let files = written.iter().map(|file| {
        let bytes = fs::read(&file.path).unwrap();
        let sizes = (bytes.len() as u64, table(&bytes).len() as u64);
        assert_eq!(sizes, (file.bytes, file.rows));
        (
            file.path.file_name().unwrap().to_str().unwrap().to_owned(),
            bytes,
        )
    });
    let files = files.collect();
    fs::remove_dir_all(&out).unwrap();
    files
}

/// The records of a CSV file, by column.
fn table(bytes: &[u8]) -> Table {
    let mut records = vec![vec![String::new()]];
    let mut quoted = false;
    for c in std::str::from_utf8(bytes).unwrap().chars() {
        let record = records.last_mut().unwrap();
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(String::new()),
            '\n' if !quoted => records.push(vec![String::new()]),
            c => record.last_mut().unwrap().push(c),
        }
    }
    let header = records.remove(0);
    let named = |record: Vec<String>| {
        assert_eq!(record.len(), header.len());
        header.iter().cloned().zip(record).collect()
    };
    records.into_iter().map(named).collect()
}

fn digits(phone: &str) -> String {
    phone.chars().filter(char::is_ascii_digit).collect()
}

/// The licence, the phone and the address of each row, the address without dots.
fn leads(file: &(String, Vec<u8>)) -> Vec<(String, String, String)> {
    let columns: [&[&str]; 3] = match &file.0[..7] {
        "source1" => [&["Credential Number"], &["Phone"], &["Address"]],
        "source2" => [&["Type License"], &["Phone"], &["Address1", "City", "Zip"]],
        _ => [&["Operation"], &["Phone"], &["Address", "City", "Zip"]],
    };
    let text = |row: &HashMap<String, String>, columns: &[&str]| {
        columns
            .iter()
            .map(|&column| row[column].as_str())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let lead = |row: &HashMap<String, String>| {
        let [licence, phone, address] = columns.map(|columns| text(row, columns));
        (licence, digits(&phone), address.replace('.', ""))
    };
    table(&file.1).iter().map(lead).collect()
}

fn is_source(file: &&(String, Vec<u8>)) -> bool {
    file.0.starts_with("source")
}

#[test]
fn a_plan_gives_the_same_bytes_on_every_machine() {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for (name, bytes) in made(&plan(40, 3, &[]), "bytes") {
        for byte in name.bytes().chain(bytes) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    assert_eq!(hash, 0x8f63_8c1b_830d_0575, "{hash:#018x}");
}

#[test]
fn a_plan_of_more_months_begins_with_the_files_of_fewer() {
    let longer = made(&plan(150, 5, &[]), "longer");
    let shorter = made(&plan(150, 2, &[]), "shorter");
    assert_eq!(longer.len(), 20);
    assert_eq!(longer[..8], shorter[..]);
}

#[test]
fn the_headers_are_those_of_the_sources() {
    for (name, bytes) in made(&plan(1, 2, &[]), "headers") {
        let text = String::from_utf8(bytes).unwrap();
        let (_, header) = HEADERS
            .iter()
            .find(|(stem, _)| name.starts_with(stem))
            .unwrap();
        assert_eq!(text.lines().next().unwrap(), *header);
        assert!(!text.ends_with('\n'));
    }
}

#[test]
fn no_file_lists_a_phone_and_address_or_a_licence_twice() {
    for file in made(&plan(3000, 3, &[]), "keys").iter().filter(is_source) {
        let leads = leads(file);
        let keys: HashSet<_> = leads
            .iter()
            .map(|(_, phone, address)| (phone, address))
            .collect();
        let licences: HashSet<_> = leads.iter().map(|(licence, ..)| licence).collect();
        assert_eq!((keys.len(), licences.len()), (3000, 3000), "{}", file.0);
    }
}

#[test]
fn every_valid_phone_has_an_area_code_of_nobody() {
    for (name, bytes) in made(&plan(500, 3, &[]), "phones") {
        let rows = table(&bytes);
        let column = if name.starts_with("source") {
            "Phone"
        } else {
            "phone"
        };
        let is_valid = |phone: &str| {
            let phone = digits(phone);
            let [area, exchange] = [&phone[..3], &phone[3..6]].map(|part| part.parse::<u16>());
            assert_eq!(phone.len(), 10);
            let exchange = exchange.unwrap();
            AREA_CODES.contains(&area.unwrap())
                && (200..1000).contains(&exchange)
                && exchange % 100 != 11
                && exchange != 555
        };
        let valid = rows.iter().filter(|row| is_valid(&row[column])).count();
        if column == "Phone" {
            assert_eq!(valid, rows.len(), "{name}");
            continue;
        }
        assert!(valid * 5 >= rows.len() * 4 && valid < rows.len());
        assert!(rows.iter().all(|row| is_valid(&row["mobile_phone"])));
    }
}

#[test]
fn an_area_code_has_the_form_of_one_and_no_use() {
    assert!(AREA_CODES.is_sorted());
    for code in AREA_CODES {
        let [first, second, third] = [code / 100, code / 10 % 10, code % 10];
        assert!(first >= 2 && second != 9 && (second, third) != (1, 1));
        assert!([37, 96].contains(&(code / 10)) || second == third);
        assert!(!(520..540).contains(&code) && first != 8);
        assert!(![500, 544, 566, 577, 588, 600, 622, 633, 700, 710, 900].contains(&code));
    }
}

#[test]
fn each_month_most_leads_stay_and_some_come_go_return_move_or_change_phone() {
    let files = made(&plan(40, 3, &[]), "months");
    for source in 0..3 {
        let [january, february, march] = [0, 4, 8].map(|month| leads(&files[month + source]));
        let licences = |leads: &[(String, String, String)]| -> HashSet<String> {
            leads.iter().map(|lead| lead.0.clone()).collect()
        };
        let [first, second, third] = [&january, &february, &march].map(|leads| licences(leads));
        assert_eq!(
            (
                second.difference(&first).count(),
                first.difference(&second).count()
            ),
            (1, 1)
        );
        assert_eq!(
            (
                third.difference(&second).count(),
                second.difference(&third).count()
            ),
            (2, 2)
        );
        let back = third
            .iter()
            .filter(|id| first.contains(*id) && !second.contains(*id));
        assert_eq!(back.count(), 1);

        let before: HashMap<_, _> = january.iter().map(|lead| (&lead.0, lead)).collect();
        let stayed = february
            .iter()
            .filter_map(|lead| Some((*before.get(&lead.0)?, lead)));
        let changed = |(old, new): (&(String, String, String), &(String, String, String))| {
            (old.1 != new.1, old.2 != new.2)
        };
        let changes: Vec<_> = stayed.map(changed).collect();
        assert_eq!(
            changes
                .iter()
                .filter(|change| **change == (true, false))
                .count(),
            1
        );
        assert_eq!(
            changes.iter().filter(|change| change.1).count(),
            [1, 1, 3][source]
        );
    }
}

#[test]
fn row_counts_hold_for_three_years() {
    for (name, bytes) in made(&plan(130, 36, &[]), "years") {
        let rows = table(&bytes).len();
        assert!(
            rows == 130 || name.starts_with("salesforce"),
            "{name} has {rows}"
        );
    }
}

#[test]
fn operators_share_a_phone_over_two_or_three_sites() {
    for file in made(&plan(300, 1, &[]), "operators")
        .iter()
        .filter(is_source)
    {
        let mut sites = HashMap::new();
        for (_, phone, _) in leads(file) {
            *sites.entry(phone).or_insert(0) += 1;
        }
        let count = |n| sites.values().filter(|&&sites| sites == n).count();
        let strata = 5;
        let threes = if file.0.starts_with("source2") {
            0
        } else {
            strata
        };
        assert_eq!(
            (count(2), count(3), count(4)),
            (strata, threes, 0),
            "{}",
            file.0
        );
    }
}

#[test]
fn each_two_sources_list_one_site_in_common() {
    let files = made(&plan(40, 1, &[]), "common");
    let phones: Vec<HashSet<String>> = files[..3]
        .iter()
        .map(|file| leads(file).into_iter().map(|lead| lead.1).collect())
        .collect();
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        assert_eq!(phones[a].intersection(&phones[b]).count(), 1);
    }
}

#[test]
fn salesforce_knows_some_leads_by_phone_some_by_mobile_and_one_it_deleted() {
    let files = made(&plan(40, 3, &[]), "salesforce");
    for month in [0, 4, 8] {
        let listed: HashSet<String> = files[month..month + 3]
            .iter()
            .flat_map(leads)
            .map(|lead| lead.1)
            .collect();
        let rows = table(&files[month + 3].1);
        let known = |column: &str| {
            rows.iter()
                .filter(|row| listed.contains(&row[column]))
                .count()
        };
        assert!((12..=16).contains(&known("phone")), "{}", known("phone"));
        assert!(
            (4..=6).contains(&known("mobile_phone")),
            "{}",
            known("mobile_phone")
        );
        let deleted: Vec<_> = rows
            .iter()
            .filter(|row| row["is_deleted"] == "TRUE")
            .collect();
        assert!(deleted.len() == 1 && listed.contains(&deleted[0]["phone"]));
        let phones: HashSet<_> = rows.iter().map(|row| &row["phone"]).collect();
        assert!(rows.iter().any(|row| phones.contains(&row["mobile_phone"])));
        let converted: HashSet<_> = rows.iter().map(|row| &row["is_converted"]).collect();
        assert_eq!(converted.len(), 2);
    }
}

#[test]
fn only_the_life_of_a_salesforce_lead_changes() {
    let files = made(&plan(130, 12, &[]), "life");
    let immutable = |file: &(String, Vec<u8>)| -> HashMap<String, Vec<String>> {
        let columns = &HEADERS[3].1.split(',').collect::<Vec<_>>();
        let keeps = |column: &&&str| {
            !["status", "is_converted", "outreach_stage_c"].contains(*column)
                && !column.starts_with("last_modified")
                && !column.starts_with("last_activity")
        };
        let kept = |row: &HashMap<String, String>| {
            columns
                .iter()
                .filter(keeps)
                .map(|&column| row[column].clone())
                .collect()
        };
        table(&file.1)
            .iter()
            .map(|row| (row["id"].clone(), kept(row)))
            .collect()
    };
    let last = immutable(&files[47]);
    for month in 0..11 {
        for (id, row) in immutable(&files[month * 4 + 3]) {
            assert_eq!(last[&id], row);
        }
    }
}

#[test]
fn each_fault_changes_one_file_of_one_month() {
    let sound = made(&plan(40, 3, &[]), "sound");
    let faults = ["rename@2", "half-rows@2", "vocabulary@2", "shifted-phone@2"];
    for (fault, at) in faults.into_iter().zip([5, 4, 4, 6]) {
        let faulty = made(&plan(40, 3, &[fault]), fault);
        let changed = (0..12)
            .filter(|&i| sound[i] != faulty[i])
            .collect::<Vec<_>>();
        assert_eq!(changed, [at], "{fault}");
        let rows = table(&faulty[at].1);
        match fault {
            "rename@2" => assert!(rows[0].contains_key("Phone Number")),
            "half-rows@2" => assert_eq!(rows.len(), 20),
            "vocabulary@2" => assert_eq!(rows[0]["Credential Type"], "Child Care Center"),
            _ => assert_eq!(rows[0]["Phone"], "BEXAR"),
        }
    }
}

#[test]
fn a_text_that_is_no_fault_is_refused_with_the_kinds() {
    for text in [
        "",
        "rename",
        "rename@",
        "rename@0",
        "rename@37",
        "Rename@1",
        "lost@1",
    ] {
        let message = text.parse::<Fault>().unwrap_err().to_string();
        assert!(
            message.contains("rename, half-rows, vocabulary, shifted-phone"),
            "{message}"
        );
    }
    let fault: Fault = "half-rows@12".parse().unwrap();
    assert_eq!(fault.to_string(), "half-rows@12");
}

#[test]
fn a_plan_too_long_or_too_large_is_refused() {
    for plan in [
        plan(40, 37, &[]),
        plan(36_000_000, 1, &[]),
        plan(u64::MAX, 1, &[]),
    ] {
        let error = write(&plan, &std::env::temp_dir()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    }
}
