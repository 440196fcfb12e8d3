/*
doc = "Who answered, per area of a set: how many, and whether the area weighs more or less than its answers"
grain = "one row per area"
reads = ["respondent", "membership"]

[params]
wave = { type = "varchar", doc = "fieldwork round" }
area_set = { type = "varchar", doc = "set of areas", default = "survey_districts_13" }

[result]
area = { type = "varchar", doc = "code of the area, alle for everybody" }
n = { type = "bigint", doc = "respondents, unweighted" }
share_of_respondents = { type = "double", doc = "unweighted share of all respondents, 0 to 1" }
share_of_population = { type = "double", doc = "weighted share of all respondents, 0 to 1" }
representation = { type = "double", doc = "the first share over the second: below 1 too few answered" }
*/
with everybody as (
    select count(*) as n, sum(weight)::double as weight
    from respondent
    where wave = $wave::varchar
),

area_response as (
    select area, count(*) as n, sum(weight)::double as weight
    from respondent
    join membership using (wave, respondent)
    where wave = $wave::varchar and area_set = $area_set::varchar
    group by area
)

select
    area,
    area_response.n,
    area_response.n / everybody.n as share_of_respondents,
    area_response.weight / everybody.weight as share_of_population,
    share_of_respondents / share_of_population as representation
from area_response
cross join everybody
order by area
