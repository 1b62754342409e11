-- One row per Nevada lead: its latest occurrence in any file, and the first file that held it.
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
    from base_leads_source_1
),

latest as (
    select
        *,
        clean_address(full_address) as parsed
    from ranked
    where recency = 1
)

select
    'source_1' as source_name,
    credential_number as source_id,
    phone_address_key,
    file_name,
    file_date,
    file_row,
    file_line,
    primary_contact_name as contact_name,
    primary_contact_role as contact_title,
    -- An í between capitals is an apostrophe that was decoded with the wrong code page.
    regexp_replace(company_name, '([A-Z])í([A-Z])', '\1’\2', 'g') as company_name,
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
        full_address
    ) as street_address,
    parsed['city'] as city,
    coalesce(parsed['state'], state) as state,
    parsed['zip5'] as postal_code,
    county,
    'US' as country,
    full_address as address_raw,
    phone,
    phone_raw,
    phone_reason,
    first_received_file_name,
    first_received_file_date,
    cast(null as text) as email,
    -- The type's cell holds a status too.
    regexp_replace(credential_type, '\s*\(PROVISIONAL\)$', '') as license_type,
    credential_number as license_number,
    case when credential_type like '%(PROVISIONAL)' then 'Provisional' else license_status end as license_status,
    license_issued,
    license_expires,
    cast(null as bigint) as capacity,
    cast(null as text) as ages_served,
    cast(null as boolean) as accepts_financial_aid,
    cast(null as text) as schedule
from latest
