-- One row per source file: how many of its leads no file of any source had held before.
-- A lead is net-new in exactly one file, so the files' net-new leads add up to all leads.
with base_rows as (
    select
        'source_1' as source_name,
        file_name,
        file_date,
        phone_address_key,
        credential_number as license_number,
        duplicates_in_file
    from base_leads_source_1
    union all
    select
        'source_2' as source_name,
        file_name,
        file_date,
        phone_address_key,
        license_number,
        duplicates_in_file
    from base_leads_source_2
    union all
    select
        'source_3' as source_name,
        file_name,
        file_date,
        phone_address_key,
        operation_number as license_number,
        duplicates_in_file
    from base_leads_source_3
),

files as (
    select
        source_name,
        file_name,
        min(file_date) as file_date,
        sum(1 + duplicates_in_file) as rows_in_file,
        count(*) as leads_in_file
    from base_rows
    group by source_name, file_name
),

licenses as (
    select
        source_name,
        license_number,
        min(file_date) as first_date
    from base_rows
    where license_number is not null
    group by source_name, license_number
),

new_to_source as (
    select
        source_name,
        first_received_file_name as file_name,
        count(*) as leads
    from dim_prospective_leads_source_level
    group by source_name, first_received_file_name
),

net_new as (
    select
        base_rows.source_name,
        base_rows.file_name,
        count(*) as leads,
        -- Another phone or address makes another lead; the licence tells that the site is known.
        count(*) filter (where (licenses.first_date < base_rows.file_date) is not true) as sites
    from base_rows
    join dim_prospective_leads as leads
        on base_rows.phone_address_key = leads.phone_address_key
        and base_rows.source_name = leads.first_received_from_source
        and base_rows.file_name = leads.first_received_from_file_name
    left join licenses
        on base_rows.source_name = licenses.source_name
        and base_rows.license_number = licenses.license_number
    group by base_rows.source_name, base_rows.file_name
)

select
    files.source_name,
    files.file_name,
    files.file_date,
    files.file_date = min(files.file_date) over (partition by files.source_name) as is_first_file,
    files.rows_in_file,
    files.leads_in_file,
    coalesce(new_to_source.leads, 0) as new_to_source,
    coalesce(net_new.leads, 0) as net_new_leads,
    coalesce(net_new.sites, 0) as net_new_sites,
    cast(coalesce(net_new.leads, 0) as double) / files.leads_in_file as net_new_share
from files
left join new_to_source
    on files.source_name = new_to_source.source_name
    and files.file_name = new_to_source.file_name
left join net_new
    on files.source_name = net_new.source_name
    and files.file_name = net_new.file_name
