-- One row per Salesforce lead: its latest occurrence in any export.
-- Live is a lead that the latest export holds and does not mark deleted.
with ranked as (
    select
        *,
        row_number() over (
            partition by salesforce_id
            order by file_date desc, file_name desc
        ) as recency,
        max(file_date) over () as latest_file_date
    from base_salesforce_leads
)

select
    salesforce_id,
    file_name,
    file_date,
    file_row,
    file_line,
    is_deleted,
    file_date = latest_file_date as is_in_latest_file,
    file_date = latest_file_date and not is_deleted as is_live,
    last_name,
    first_name,
    title,
    company,
    street,
    city,
    state,
    postal_code,
    country,
    phone,
    phone_raw,
    phone_reason,
    mobile_phone,
    mobile_phone_raw,
    mobile_phone_reason,
    email,
    website,
    lead_source,
    status,
    is_converted,
    outreach_stage,
    created_date,
    last_modified_date,
    last_activity_date,
    current_enrollment,
    capacity,
    lead_source_last_updated,
    brightwheel_school_uuid
from ranked
where recency = 1
