-- One row per lead over all sources. What a lead is called and where it stands come from the
-- source that named it latest, as one row: fields of several sources are never mixed.
select
    phone_address_key,
    first_value(phone order by file_date desc, source_name) as phone,
    first_value(company_name order by file_date desc, source_name) as company_name,
    first_value(
        case
            when city is null then address_raw
            else concat_ws(', ', street_address, city, nullif(concat_ws(' ', state, postal_code), ''))
        end
        order by file_date desc, source_name
    ) as address,
    first_value(city order by file_date desc, source_name) as city,
    first_value(state order by file_date desc, source_name) as state,
    min(first_received_file_date) as first_received_file_date,
    first_value(source_name order by first_received_file_date, source_name) as first_received_from_source,
    first_value(first_received_file_name order by first_received_file_date, source_name)
        as first_received_from_file_name,
    max(file_date) as last_received_file_date,
    -- The sources of a lead share its phone and so its Salesforce match: any row's is the lead's.
    first_value(salesforce_id order by source_name) as salesforce_id,
    first_value(salesforce_match_count order by source_name) as salesforce_match_count,
    first_value(is_deleted_in_salesforce order by source_name) as is_deleted_in_salesforce,
    first_value(created_in_salesforce_date order by source_name) as created_in_salesforce_date,
    first_value(last_modified_in_salesforce_date order by source_name) as last_modified_in_salesforce_date,
    first_value(is_converted order by source_name) as is_converted,
    first_value(outreach_stage order by source_name) as outreach_stage,
    bool_and(is_new_prospective_lead) as is_new_prospective_lead,
    bool_or(source_name = 'source_1') as is_in_source_1,
    bool_or(source_name = 'source_2') as is_in_source_2,
    bool_or(source_name = 'source_3') as is_in_source_3
from dim_prospective_leads_source_level
group by phone_address_key
