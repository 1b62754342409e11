-- One row per Oklahoma file and lead. A lead is a phone and an address; rows of one file
-- that name the same lead are counted in duplicates_in_file and the best of them is kept.
with renamed as (
    select
        type_license,
        (regexp_match(type_license, '^CHILD CARE ([A-Z]+) - '))[1] as license_type,
        (regexp_match(type_license, ' - (K\d+)$'))[1] as license_number,
        company,
        accepts_subsidy,
        year_round,
        daytime_hours,
        star_level,
        mon as monday,
        tues as tuesday,
        wed as wednesday,
        thurs as thursday,
        friday,
        saturday,
        sunday,
        primary_caregiver,
        phone as phone_raw,
        clean_phone(phone) as phone,
        phone_reason(phone) as phone_reason,
        email,
        address1,
        address2,
        city,
        state,
        zip,
        -- concat_ws leaves nulls out, which is what an address line wants; no street, no address.
        case
            when address1 is not null
                then concat_ws(', ', concat_ws(' ', address1, address2), city, concat_ws(' ', state, zip))
        end as full_address,
        subsidy_contract_number,
        total_cap,
        try_cast(total_cap as bigint) as capacity,
        ages_accepted_1,
        aa2 as ages_accepted_2,
        aa3 as ages_accepted_3,
        aa4 as ages_accepted_4,
        license_monitoring_since,
        try_cast((regexp_match(license_monitoring_since, '^Monitoring since (.*)$'))[1] as date) as monitored_since,
        school_year_only,
        evening_hours,
        file_name,
        file_date,
        file_row,
        file_line
    from raw.source2
),

matched as (
    select
        *,
        address_key(full_address) as address_key
    from renamed
),

parts as (
    select
        *,
        -- What cannot be cleaned still tells rows apart as it was written. A row without any
        -- address is told apart by its licence, so that two sites never merge for want of one.
        coalesce(phone, phone_raw) as match_phone,
        coalesce(address_key, full_address, type_license) as match_address
    from matched
),

keyed as (
    select
        *,
        surrogate_key(file_name, match_phone, match_address) as primary_key,
        surrogate_key(match_phone, match_address) as phone_address_key
    from parts
),

ranked as (
    select
        *,
        -- The licence monitored latest, then the later line: a total order.
        row_number() over (
            partition by primary_key
            order by
                monitored_since desc nulls last,
                file_row desc
        ) as place,
        count(*) over (partition by primary_key) - 1 as duplicates_in_file
    from keyed
)

select
    primary_key,
    phone_address_key,
    file_name,
    file_date,
    file_row,
    file_line,
    duplicates_in_file,
    type_license,
    license_type,
    license_number,
    company,
    accepts_subsidy,
    year_round,
    daytime_hours,
    star_level,
    monday,
    tuesday,
    wednesday,
    thursday,
    friday,
    saturday,
    sunday,
    primary_caregiver,
    phone_raw,
    phone,
    phone_reason,
    email,
    address1,
    address2,
    city,
    state,
    zip,
    full_address,
    address_key,
    subsidy_contract_number,
    total_cap,
    capacity,
    ages_accepted_1,
    ages_accepted_2,
    ages_accepted_3,
    ages_accepted_4,
    license_monitoring_since,
    monitored_since,
    school_year_only,
    evening_hours
from ranked
where place = 1
