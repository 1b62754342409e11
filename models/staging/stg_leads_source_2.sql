-- One row per Oklahoma lead: its latest occurrence in any file, and the first file that held it.
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
    from base_leads_source_2
),

latest as (
    select
        *,
        clean_address(full_address) as parsed
    from ranked
    where recency = 1
)

select
    'source_2' as source_name,
    license_number as source_id,
    phone_address_key,
    file_name,
    file_date,
    file_row,
    file_line,
    -- The cell is the name, a blank line and the role.
    (regexp_match(primary_caregiver, '^\s*([^\r\n]*\S)'))[1] as contact_name,
    (regexp_match(primary_caregiver, '\n\s*([^\r\n]*\S)\s*$'))[1] as contact_title,
    -- 'LAST, FIRST DBA NAME' is a person and the name of the business.
    coalesce((regexp_match(company, '\sDBA\s+(.*\S)'))[1], company) as company_name,
    (regexp_match(company, '^(.*\S)\s+DBA\s'))[1] as licensee_name,
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
        nullif(concat_ws(' ', address1, address2), '')
    ) as street_address,
    coalesce(parsed['city'], upper(city)) as city,
    coalesce(parsed['state'], upper(state)) as state,
    coalesce(parsed['zip5'], zip) as postal_code,
    cast(null as text) as county,
    'US' as country,
    full_address as address_raw,
    phone,
    phone_raw,
    phone_reason,
    first_received_file_name,
    first_received_file_date,
    email,
    license_type,
    license_number,
    cast(null as text) as license_status,
    cast(null as date) as license_issued,
    cast(null as date) as license_expires,
    capacity,
    nullif(concat_ws('; ', ages_accepted_1, ages_accepted_2, ages_accepted_3, ages_accepted_4), '') as ages_served,
    accepts_subsidy is not null as accepts_financial_aid,
    nullif(
        concat_ws(
            '; ',
            'Mon ' || monday,
            'Tue ' || tuesday,
            'Wed ' || wednesday,
            'Thu ' || thursday,
            'Fri ' || friday,
            'Sat ' || saturday,
            'Sun ' || sunday
        ),
        ''
    ) as schedule
from latest
