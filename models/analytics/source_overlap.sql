-- One row per ordered pair of sources: how many leads both hold. A source with itself is its
-- size; a pair without a common lead stands with 0.
with sources as (
    select source_name, count(*) as leads
    from dim_prospective_leads_source_level
    group by source_name
),

shared as (
    select
        one.source_name as source_name,
        other.source_name as other_source_name,
        count(*) as leads
    from dim_prospective_leads_source_level as one
    join dim_prospective_leads_source_level as other on one.phone_address_key = other.phone_address_key
    group by one.source_name, other.source_name
)

select
    one.source_name,
    other.source_name as other_source_name,
    one.leads as leads_in_source,
    coalesce(shared.leads, 0) as leads_in_both,
    cast(coalesce(shared.leads, 0) as double) / one.leads as share_of_source
from sources as one
cross join sources as other
left join shared
    on one.source_name = shared.source_name
    and other.source_name = shared.other_source_name
