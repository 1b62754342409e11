-- One row per Nevada file and lead. A lead is a phone and an address; rows of one file
-- that name the same lead are counted in duplicates_in_file and the best of them is kept.
with renamed as (
    select
        name as company_name,
        credential_type,
        credential_number,
        status as license_status,
        expiration_date,
        cast(clean_short_date(expiration_date) as date) as expires_20yy,
        disciplinary_action,
        address as full_address,
        address_key(address) as address_key,
        state,
        county,
        phone as phone_raw,
        clean_phone(phone) as phone,
        phone_reason(phone) as phone_reason,
        first_issue_date,
        cast(clean_short_date(first_issue_date) as date) as issued_20yy,
        primary_contact_name,
        primary_contact_role,
        file_name,
        file_date,
        file_row,
        file_line
    from raw.source1
),

dated as (
    select
        *,
        -- Two digits of a year reach at most twenty years past the file: 94 is 1994, 69 is 1969.
        case
            when expires_20yy > file_date + interval '20 years' then expires_20yy - interval '100 years'
            else expires_20yy
        end as license_expires,
        case
            when issued_20yy > file_date + interval '20 years' then issued_20yy - interval '100 years'
            else issued_20yy
        end as license_issued,
        -- What cannot be cleaned still tells rows apart as it was written. A row without any
        -- address is told apart by its licence, so that two sites never merge for want of one.
        coalesce(phone, phone_raw) as match_phone,
        coalesce(address_key, full_address, credential_number) as match_address
    from renamed
),

keyed as (
    select
        *,
        surrogate_key(file_name, match_phone, match_address) as primary_key,
        surrogate_key(match_phone, match_address) as phone_address_key
    from dated
),

ranked as (
    select
        *,
        -- The live licence first, then the latest issued, then the later line: a total order.
        row_number() over (
            partition by primary_key
            order by
                license_status = 'Active' desc nulls last,
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
    company_name,
    credential_type,
    credential_number,
    license_status,
    expiration_date,
    license_expires,
    disciplinary_action,
    full_address,
    address_key,
    state,
    county,
    phone_raw,
    phone,
    phone_reason,
    first_issue_date,
    license_issued,
    primary_contact_name,
    primary_contact_role
from ranked
where place = 1
