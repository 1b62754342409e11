-- One row per contact and file, typed; the file's own text is kept beside it.
select
    file_name,
    file_date,
    file_row,
    file_line,
    id,
    company,
    phone as phone_raw,
    clean_phone(phone) as phone,
    try_cast(since as date) as since
from raw.contacts
