-- One row per Texas file and lead. A lead is a phone and an address; rows of one file
-- that name the same lead are counted in duplicates_in_file and the best of them is kept.
with renamed as (
    select
        operation as operation_number,
        agency_number,
        operation_name,
        address,
        city,
        state,
        zip,
        -- concat_ws leaves nulls out, which is what an address line wants; no street, no address.
        case
            when address is not null then concat_ws(', ', address, city, concat_ws(' ', state, zip))
        end as full_address,
        county,
        phone as phone_raw,
        clean_phone(phone) as phone,
        phone_reason(phone) as phone_reason,
        type as license_type,
        status as license_status,
        issue_date,
        cast(clean_short_date(issue_date) as date) as issued_20yy,
        capacity as capacity_raw,
        try_cast(capacity as bigint) as capacity,
        email_address,
        facility_id,
        monitoring_frequency,
        infant,
        toddler,
        preschool,
        school,
        file_name,
        file_date,
        file_row,
        file_line
    from raw.source3
),

dated as (
    select
        *,
        -- Two digits of a year reach at most twenty years past the file: 94 is 1994, 69 is 1969.
        case
            when issued_20yy > file_date + interval '20 years' then issued_20yy - interval '100 years'
            else issued_20yy
        end as license_issued,
        address_key(full_address) as address_key
    from renamed
),

parts as (
    select
        *,
        -- What cannot be cleaned still tells rows apart as it was written. A row without any
        -- address is told apart by its licence, so that two sites never merge for want of one.
        coalesce(phone, phone_raw) as match_phone,
        coalesce(address_key, full_address, operation_number) as match_address
    from dated
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
        -- The full permit first, then the latest issued, then the later line: a total order.
        row_number() over (
            partition by primary_key
            order by
                license_status = 'Full Permit' desc nulls last,
                license_issued desc nulls last,
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
    operation_number,
    agency_number,
    operation_name,
    address,
    city,
    state,
    zip,
    full_address,
    address_key,
    county,
    phone_raw,
    phone,
    phone_reason,
    license_type,
    license_status,
    issue_date,
    license_issued,
    capacity_raw,
    capacity,
    email_address,
    facility_id,
    monitoring_frequency,
    infant,
    toddler,
    preschool,
    school
from ranked
where place = 1
