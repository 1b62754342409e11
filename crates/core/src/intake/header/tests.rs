use super::super::Dialect;
use super::*;

const HEAD: &str = r#"
version = "1.0.0"
summary = "One row per lead."
owner = "data@example.com"
file = { name = ["leads.csv"] }
[columns]
"#;

const COLUMNS: &str = r#"
Name = {}
Phone = { matches = '^\d{3}-\d{3}-\d{4}$', as = "phone_raw" }
"Last Name" = {}
Fax = { use = "optional" }
Notes = { use = "ignored" }
"#;

fn contract(columns: &str) -> SourceContract {
    toml::from_str(&format!("{HEAD}{columns}")).unwrap()
}

fn cells(line: &str) -> Vec<String> {
    line.split('|').map(str::to_owned).collect()
}

fn commas(line: &str) -> Vec<String> {
    line.split(',').map(str::to_owned).collect()
}

/// Forty records like `line`.
fn forty(line: &str) -> Vec<Vec<String>> {
    vec![cells(line); 40]
}

fn messages(check: &HeaderCheck) -> Vec<&str> {
    let refusals = check
        .refusals
        .iter()
        .map(|refusal| refusal.message.as_str());
    let warnings = check
        .warnings
        .iter()
        .map(|warning| warning.message.as_str());
    refusals.chain(warnings).collect()
}

fn check_line(header: &str, sample: &[Vec<String>]) -> HeaderCheck {
    check(&contract(COLUMNS), &cells(header), sample)
}

#[test]
fn the_header_of_the_contract_passes_without_a_word() {
    let check = check_line("Name|Phone|Last Name|Fax|Notes", &[]);
    assert_eq!(messages(&check), [""; 0]);
    assert_eq!(check.places, [0, 1, 2, 3, 4].map(Some));
}

#[test]
fn a_renamed_column_is_refused_with_its_probable_new_name_and_how_sure_that_is() {
    let check = check_line(
        "Name|Phone Number|Last Name|Fax|Notes",
        &forty("Ann|702-555-0100|Lee||x"),
    );
    assert_eq!(
        messages(&check),
        [
            "column `Phone` is missing; almost certainly it is now called `Phone Number` \
             (99 % sure: the name is 88 % alike, 40 of 40 values fit the pattern)"
        ]
    );
    let refusal = &check.refusals[0];
    assert_eq!(refusal.reason, Reason::MissingColumn);
    assert_eq!(refusal.line, Some(1));
    assert_eq!(refusal.column.as_deref(), Some("Phone"));
    assert_eq!(
        refusal.help,
        "if it is the same column, write `Phone Number` in the contract in place of `Phone`, \
         with `was = [\"Phone\"]` and `as = \"phone_raw\"`"
    );
    assert_eq!(check.places, [Some(0), None, Some(2), Some(3), Some(4)]);
}

#[test]
fn the_values_find_a_column_whose_name_tells_nothing() {
    let check = check_line(
        "Name|Office|Tel.|Last Name|Fax|Notes",
        &forty("Ann|Reno|702-555-0100|Lee||x"),
    );
    assert_eq!(
        messages(&check),
        [
            "column `Phone` is missing; perhaps it is now called `Tel.` \
             (68 % sure: the name is 0 % alike, 40 of 40 values fit the pattern)",
            "column `Office` is new: it is not loaded until the contract lists it",
        ]
    );
}

#[test]
fn values_that_do_not_fit_outweigh_a_name_that_does() {
    let check = check_line(
        "Name|Phone Type|Last Name|Fax|Notes",
        &forty("Ann|mobile|Lee||x"),
    );
    assert_eq!(
        messages(&check),
        [
            "column `Phone` is missing, and no new column is like it",
            "column `Phone Type` is new: it is not loaded until the contract lists it",
        ]
    );
    assert_eq!(
        check.refusals[0].help,
        "ask the sender for the column, or mark it `use = \"optional\"` in the contract"
    );
}

#[test]
fn a_column_that_is_gone_is_refused() {
    let check = check_line("Name|Last Name|Fax|Notes", &[]);
    assert_eq!(
        messages(&check),
        ["column `Phone` is missing, and no column is new"]
    );
}

#[test]
fn a_change_of_case_or_blanks_alone_counts_as_a_rename_and_is_said() {
    let check = check_line(
        " NAME|phone|LastName|Fax|Notes",
        &forty("Ann|702-555-0100|Lee||x"),
    );
    assert_eq!(
        messages(&check),
        [
            "column `Name` is missing; almost certainly it is now called ` NAME` \
             (99 % sure: only letter case and blanks differ)",
            "column `Phone` is missing; almost certainly it is now called `phone` \
             (99 % sure: only the letter case differs, 40 of 40 values fit the pattern)",
            "column `Last Name` is missing; almost certainly it is now called `LastName` \
             (99 % sure: only blanks differ)",
        ]
    );
}

#[test]
fn two_missing_columns_never_share_a_new_name() {
    let contract = contract("\"Phone 1\" = {}\n\"Phone 2\" = {}\nCity = {}");
    let check = check(&contract, &cells("Phone A|Phone 1 A|City"), &[]);
    assert_eq!(
        messages(&check),
        [
            "column `Phone 1` is missing; probably it is now called `Phone 1 A` \
             (93 % sure: the name is 96 % alike)",
            "column `Phone 2` is missing; probably it is now called `Phone A` \
             (90 % sure: the name is 94 % alike)",
        ]
    );
}

#[test]
fn an_added_column_is_named_and_warned_of() {
    let check = check_line("Name|Phone|Last Name|Fax|Notes|Région", &[]);
    assert_eq!(
        messages(&check),
        ["column `Région` is new: it is not loaded until the contract lists it"]
    );
    assert_eq!(check.warnings[0].reason, Change::Added);
    assert_eq!(check.warnings[0].column.as_deref(), Some("Région"));
}

#[test]
fn columns_in_another_order_are_warned_of_and_found() {
    let check = check_line("Notes|Name|Phone|Fax|Last Name", &[]);
    assert_eq!(
        messages(&check),
        ["the columns stand in another order than in the contract: `Fax` and `Notes` have moved"]
    );
    assert_eq!(check.warnings[0].reason, Change::Reordered);
    assert_eq!(check.places, [1, 2, 4, 3, 0].map(Some));
    let check = check_line("Notes|Name|Phone|Last Name|Fax", &[]);
    assert_eq!(
        messages(&check),
        ["the columns stand in another order than in the contract: `Notes` has moved"]
    );
}

#[test]
fn a_missing_optional_column_is_warned_of_and_an_ignored_one_is_not() {
    let check = check_line("Name|Phone|Last Name", &[]);
    assert_eq!(
        messages(&check),
        ["column `Fax` is missing and loaded as null"]
    );
    assert_eq!(check.warnings[0].reason, Change::OptionalMissing);
    let check = check_line("Name|Phone|Last Name|FAX|Note", &[]);
    assert_eq!(
        messages(&check),
        [
            "column `Fax` is missing and loaded as null; almost certainly it is now called `FAX` \
             (99 % sure: only the letter case differs)",
            "column `Note` is new: it is not loaded until the contract lists it",
        ]
    );
}

#[test]
fn duplicate_and_blank_header_cells_are_refused_together_with_what_is_missing() {
    let check = check_line("Name|Phone||Phone|Fax| |Notes|Phone", &[]);
    assert_eq!(
        messages(&check),
        [
            "column `Phone` stands 3 times in the header: cells 2, 4 and 8",
            "cell 3 of the header is blank",
            "cell 6 of the header is blank",
            "column `Last Name` is missing, and no column is new",
        ]
    );
    let reasons: Vec<Reason> = check
        .refusals
        .iter()
        .map(|refusal| refusal.reason)
        .collect();
    assert_eq!(
        reasons,
        [
            Reason::DuplicateHeader,
            Reason::BlankHeader,
            Reason::BlankHeader,
            Reason::MissingColumn
        ]
    );
}

#[test]
fn a_duplicate_column_that_is_new_is_warned_of_once() {
    let check = check_line("Name|Phone|Last Name|Fax|Notes|New|New", &[]);
    assert_eq!(
        messages(&check),
        [
            "column `New` stands 2 times in the header: cells 6 and 7",
            "column `New` is new: it is not loaded until the contract lists it",
        ]
    );
}

#[test]
fn renaming_any_one_column_is_refused_with_that_column_and_its_new_name() {
    let names = [
        "Name",
        "Credential Type",
        "Credential Number",
        "Status",
        "Expiration Date",
        "Disciplinary Action",
        "Address",
        "State",
        "County",
        "Phone",
        "First Issue Date",
        "Primary Contact Name",
        "Primary Contact Role",
        "AA2",
        "AA3",
        "Mon",
        "zip",
    ];
    let columns: Vec<String> = names
        .iter()
        .map(|name| format!("\"{name}\" = {{}}\n"))
        .collect();
    let contract = contract(&columns.concat());
    let spellings: [fn(&str) -> String; 6] = [
        |name| format!("New {name}"),
        |name| format!("{name} New"),
        |name| format!("{name} "),
        |name| format!("{name}_"),
        |name| name.replace(' ', ""),
        |name| name.to_uppercase(),
    ];
    for (place, name) in names.iter().enumerate() {
        for spelling in spellings {
            let mut header: Vec<String> = names.iter().map(|name| name.to_string()).collect();
            header[place] = spelling(name);
            if header[place] == *name {
                continue;
            }
            let check = check(&contract, &header, &[]);
            assert_eq!(check.refusals.len(), 1, "{name}");
            assert_eq!(check.refusals[0].column.as_deref(), Some(*name));
            let called = format!("it is now called `{}` (", header[place]);
            assert!(
                check.refusals[0].message.contains(&called),
                "{}",
                check.refusals[0]
            );
            assert_eq!(check.warnings, []);
        }
    }
}

#[test]
fn a_pattern_that_is_no_regular_expression_counts_as_none() {
    let contract = contract("Phone = { matches = '(' }");
    let check = check(&contract, &cells("phone"), &forty("1"));
    assert_eq!(
        messages(&check),
        [
            "column `Phone` is missing; almost certainly it is now called `phone` \
             (99 % sure: only the letter case differs)"
        ]
    );
}

#[test]
fn without_values_nothing_but_the_contracts_names_is_told_of_a_header() {
    let contract =
        contract("Id = {}\nPhone = { matches = '^\\d{3}$' }\nNote = { use = 'optional' }");
    let rows = |value: &str| vec![vec![String::new(), value.to_owned(), "zyxq".to_owned()]; 40];
    for header in [
        "Id,555,zyxq",
        "Id,zyxq,zyxq",
        "Id,Note,zyxq",
        "Id,zyxq phone,zyxq note",
    ] {
        let mut check = check(&contract, &commas(header), &rows("555"));
        check.refusals.iter_mut().for_each(Refusal::hide_values);
        check.warnings.iter_mut().for_each(Warning::hide_values);
        let told = format!("{:?} {:?}", check.refusals, check.warnings);
        assert!(
            !told.contains("zyxq") && !told.contains("555"),
            "{header}: {told}"
        );
    }
}

#[test]
fn a_header_separated_by_another_sign_is_told_with_the_key_that_declares_it() {
    let contract = contract("Id = {}\nName = {}\nPhone = {}");
    let by = |header: &[&str]| {
        let header: Vec<String> = header.iter().map(|cell| (*cell).to_owned()).collect();
        let refusal = check(&contract, &header, &[]).refusals.remove(0);
        (refusal.message, refusal.help)
    };
    let told = |signs: &str, key: &str| {
        (
            format!(
                "the cells of the header are separated by {signs}, and not by the delimiter of the contract"
            ),
            format!(
                "if that is to stay, write `delimiter = \"{key}\"` under [file] in the contract"
            ),
        )
    };
    assert_eq!(by(&["Id\tName\tPhone"]), told("tabs", "\\t"));
    assert_eq!(by(&["Id;Name;Phone"]), told("semicolons", ";"));
    assert_eq!(by(&["Id|Name|Phone"]), told("vertical bars", "|"));
    assert_eq!(by(&["Nr\tWho\tCall"]), told("tabs", "\\t"));
    assert_eq!(by(&["Id;Name;Phone", " work"]), told("semicolons", ";"));
}

#[test]
fn a_header_below_other_lines_is_told_with_its_line() {
    let contract = contract("Id = {}\nName = {}\nPhone = {}");
    let look = |head: &str| {
        let mut check = check(&contract, &commas(head.lines().next().unwrap()), &[]);
        check.look_below(&contract, head.as_bytes(), Dialect::default());
        let refusal = check.refusals.remove(0);
        (refusal.message, refusal.line)
    };
    assert_eq!(
        look("Report of May\r\n\r\nId,\"Name\",Phone\r\n1,Ann,2\r\n"),
        (
            "the header is in line 3: 2 lines stand above it".to_owned(),
            Some(3)
        )
    );
    assert_eq!(
        look("sep=;\nId,Name,Phone\n1,Ann,2\n"),
        (
            "the header is in line 2: 1 line stands above it".to_owned(),
            Some(2)
        )
    );
    let (message, line) = look("1,Ann,2\n2,Bob,3\n");
    assert!(message.starts_with("none of the 3 columns"), "{message}");
    assert_eq!(line, Some(1));
}
