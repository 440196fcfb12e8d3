/*
doc = "How many respondents two sets of areas share, area by area: which districts a vulnerable area lies in"
grain = "one row per pair of areas with a respondent in both"
reads = ["respondent", "membership"]

[params]
wave = { type = "varchar", doc = "fieldwork round" }
area_set = { type = "varchar", doc = "set whose areas are looked into", default = "udsatte_2025" }
other_set = { type = "varchar", doc = "set they are looked for in", default = "survey_districts_13" }

[result]
area = { type = "varchar", doc = "area of the first set" }
other_area = { type = "varchar", doc = "area of the other set" }
n = { type = "bigint", doc = "respondents in both, unweighted" }
share = { type = "double", doc = "weighted share of the first area that lies in the other, 0 to 1" }
*/
with inside as (
    select wave, respondent, area
    from membership
    where wave = $wave::varchar and area_set = $area_set::varchar and area <> 'alle'
),

other as (
    select wave, respondent, area as other_area
    from membership
    where wave = $wave::varchar and area_set = $other_set::varchar and area <> 'alle'
),

area_size as (
    select area, sum(weight)::double as weight
    from inside
    join respondent using (wave, respondent)
    group by area
),

pair as (
    select area, other_area, count(*) as n, sum(weight)::double as weight
    from inside
    join other using (wave, respondent)
    join respondent using (wave, respondent)
    group by area, other_area
)

select area, other_area, n, pair.weight / area_size.weight as share
from pair
join area_size using (area)
order by area, other_area
