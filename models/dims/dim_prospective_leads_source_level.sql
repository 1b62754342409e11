-- One row per lead and source, with what Salesforce knows of the lead's phone.
-- Salesforce is asked by one equi-join on a list with one row per phone, so that no lead
-- is doubled; a phone of several Salesforce leads takes one of them by a fixed order.
with leads as (
    select * from stg_leads_source_1
    union all by name
    select * from stg_leads_source_2
    union all by name
    select * from stg_leads_source_3
),

ranked as (
    select
        *,
        -- On the same day the source of the lower name is first: not chance, and told in the contract.
        row_number() over (
            partition by phone_address_key
            order by first_received_file_date, source_name
        ) as arrival
    from leads
),

-- A Salesforce lead stands here once for each of its numbers; the main number goes before the mobile.
-- A toll-free number is a call centre's as often as a site's: it matches nobody.
numbers as (
    select phone, salesforce_id, 1 as preference
    from stg_salesforce_leads
    where phone_area(phone) <> 'toll_free'
    union all
    select mobile_phone as phone, salesforce_id, 2 as preference
    from stg_salesforce_leads
    where phone_area(mobile_phone) <> 'toll_free'
),

pairs as (
    select phone, salesforce_id, min(preference) as preference
    from numbers
    group by phone, salesforce_id
),

candidates as (
    select
        pairs.phone as match_phone,
        salesforce.salesforce_id,
        salesforce.is_live,
        salesforce.created_date,
        salesforce.last_modified_date,
        salesforce.is_converted,
        salesforce.outreach_stage,
        count(*) over (partition by pairs.phone) as matches,
        -- A live lead before a deleted one, then the older: the same choice in every run.
        row_number() over (
            partition by pairs.phone
            order by
                salesforce.is_live desc,
                pairs.preference,
                salesforce.created_date nulls last,
                salesforce.salesforce_id
        ) as choice
    from pairs
    join stg_salesforce_leads as salesforce on pairs.salesforce_id = salesforce.salesforce_id
),

salesforce_by_phone as (
    select *
    from candidates
    where choice = 1
)

select
    surrogate_key(ranked.source_name, ranked.phone_address_key) as source_lead_key,
    ranked.source_name,
    ranked.source_id,
    ranked.phone_address_key,
    ranked.file_name,
    ranked.file_date,
    ranked.file_row,
    ranked.file_line,
    ranked.contact_name,
    ranked.contact_title,
    ranked.company_name,
    ranked.licensee_name,
    ranked.street_address,
    ranked.city,
    ranked.state,
    ranked.postal_code,
    ranked.county,
    ranked.country,
    ranked.address_raw,
    ranked.phone,
    ranked.phone_raw,
    ranked.phone_reason,
    ranked.first_received_file_name,
    ranked.first_received_file_date,
    ranked.email,
    ranked.license_type,
    ranked.license_number,
    ranked.license_status,
    ranked.license_issued,
    ranked.license_expires,
    ranked.capacity,
    ranked.ages_served,
    ranked.accepts_financial_aid,
    ranked.schedule,
    ranked.arrival = 1 as is_first_received_lead,
    matched.salesforce_id,
    coalesce(matched.matches, 0) as salesforce_match_count,
    not matched.is_live as is_deleted_in_salesforce,
    matched.created_date as created_in_salesforce_date,
    matched.last_modified_date as last_modified_in_salesforce_date,
    matched.is_converted,
    matched.outreach_stage,
    -- A lead whose only match is deleted is new again: sales may call it.
    matched.is_live is not true as is_new_prospective_lead
from ranked
left join salesforce_by_phone as matched on ranked.phone = matched.match_phone
