-- One row per contact: the latest file that holds it, and the first that did.
with ranked as (
    select
        *,
        min(file_date) over (partition by id) as first_received_file_date,
        row_number() over (partition by id order by file_date desc, file_name desc, file_row desc) as recency
    from base_contacts
)

select
    id,
    company,
    phone,
    since,
    first_received_file_date,
    file_name,
    file_date,
    file_row,
    file_line
from ranked
where recency = 1
