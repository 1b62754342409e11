-- One row per source: how many leads it holds, how many it was the first to bring, and how
-- many of them are new to Salesforce.
select
    source_name,
    count(*) as leads,
    count(*) filter (where is_first_received_lead) as net_new_leads,
    cast(count(*) filter (where is_first_received_lead) as double) / count(*) as net_new_share,
    count(*) filter (where is_new_prospective_lead) as new_prospective_leads,
    count(*) filter (where not is_new_prospective_lead) as leads_in_salesforce,
    count(*) filter (where is_deleted_in_salesforce) as leads_deleted_in_salesforce,
    count(*) filter (where is_converted) as leads_converted
from dim_prospective_leads_source_level
group by source_name
