-- One row per file, facility and shift. Types and counties in one spelling: the register writes
-- HOMES in some months and Home in others.
select
    id,
    upper(trim(county)) as county,
    rtrim(upper(trim(type)), 'S') as type,
    upper(trim(star)) as star,
    try_cast(shift as bigint) as shift,
    try_cast(num_infant as bigint) as num_infant,
    try_cast(num_one as bigint) as num_one,
    try_cast(num_two as bigint) as num_two,
    try_cast(num_three as bigint) as num_three,
    try_cast(num_four as bigint) as num_four,
    try_cast(num_five as bigint) as num_five,
    try_cast(num_twelve as bigint) as num_twelve,
    try_cast(num_total as bigint) as num_total,
    try_cast(children_lic as bigint) as children_lic,
    try_cast(children_max as bigint) as children_max,
    nullif(trim(cat_op), '') as category,
    scc = 'Y' as subsidised,
    try_cast(employees as bigint) as employees,
    lower(trim(month)) as month,
    try_cast(year as bigint) as year,
    file_name,
    file_date,
    file_row,
    file_line
from raw.nc
