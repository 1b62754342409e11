-- One row per Texas lead: its latest occurrence in any file, and the first file that held it.
-- A lead that left the register stays, with the file that held it last. All staged sources
-- have the same columns, in the same order.
with ranked as (
    select
        *,
        -- Base holds a lead once per file, so file date and name are a total order.
        row_number() over (
            partition by phone_address_key
            order by file_date desc, file_name desc
        ) as recency,
        first_value(file_name) over (
            partition by phone_address_key
            order by file_date, file_name
        ) as first_received_file_name,
        min(file_date) over (partition by phone_address_key) as first_received_file_date
    from base_leads_source_3
),

latest as (
    select
        *,
        clean_address(full_address) as parsed
    from ranked
    where recency = 1
)

select
    'source_3' as source_name,
    facility_id as source_id,
    phone_address_key,
    file_name,
    file_date,
    file_row,
    file_line,
    -- The register names no person.
    cast(null as text) as contact_name,
    cast(null as text) as contact_title,
    operation_name as company_name,
    cast(null as text) as licensee_name,
    coalesce(
        nullif(
            concat_ws(
                ' ',
                parsed['number'],
                parsed['predir'],
                parsed['name'],
                parsed['suffix'],
                parsed['postdir'],
                parsed['unit_type'],
                parsed['unit']
            ),
            ''
        ),
        address
    ) as street_address,
    coalesce(parsed['city'], upper(city)) as city,
    coalesce(parsed['state'], upper(state)) as state,
    coalesce(parsed['zip5'], zip) as postal_code,
    county,
    'US' as country,
    full_address as address_raw,
    phone,
    phone_raw,
    phone_reason,
    first_received_file_name,
    first_received_file_date,
    email_address as email,
    license_type,
    operation_number as license_number,
    license_status,
    license_issued,
    cast(null as date) as license_expires,
    capacity,
    nullif(
        concat_ws(
            '; ',
            case when infant = 'Y' then 'Infant' end,
            case when toddler = 'Y' then 'Toddler' end,
            case when preschool = 'Y' then 'Preschool' end,
            case when school = 'Y' then 'School' end
        ),
        ''
    ) as ages_served,
    cast(null as boolean) as accepts_financial_aid,
    cast(null as text) as schedule
from latest
