-- A store of layout 1, the first there was: no layout number, no recorded contents, no revisions.
-- Two waves of one survey with made-up respondents. Never change this file: it is what old stores look like.
create table main.delivery (
    survey varchar not null, wave varchar not null, file varchar not null, sha256 varchar not null,
    verified boolean not null, rows bigint not null, columns bigint not null, definition_sha256 varchar not null,
    loaded_at timestamp not null
);
comment on table main.delivery is 'one row per survey and wave loaded: the file its numbers come from';
create table main.finding (
    survey varchar not null, wave varchar not null, code varchar not null, severity varchar not null,
    place varchar not null, count bigint not null, rows bigint[] not null, message varchar not null
);
create schema tryghed;
create table tryghed.respondent (
    wave varchar not null, respondent varchar not null, weight decimal(18, 9) not null, stratum varchar not null,
    psu varchar, unit varchar
);
create table tryghed.answer (
    wave varchar not null, respondent varchar not null, safe_evening smallint, safe_day smallint, age_years double
);
create table tryghed.score (
    wave varchar not null, respondent varchar not null, weight decimal(18, 9) not null, stratum varchar not null,
    psu varchar, tryg_aften tinyint, tryg_dag tinyint
);
create table tryghed.membership (
    wave varchar not null, respondent varchar not null, area_set varchar not null, area varchar not null
);
create table tryghed.grouping (
    wave varchar not null, respondent varchar not null, dimension varchar not null, category varchar not null
);
create table tryghed.population (wave varchar not null, stratum varchar not null, size double not null);

insert into main.delivery values
    ('tryghed', '2024', 'tryghed_2024.sav', repeat('4', 64), true, 8, 5, repeat('d', 64), '2024-03-01 10:00:00'),
    ('tryghed', '2025', 'tryghed_2025.sav', repeat('5', 64), false, 8, 5, repeat('d', 64), '2025-03-01 10:00:00');
insert into main.finding values
    ('tryghed', '2025', 'weights_spread', 'warning', 'vaegt', 2, [1, 3], '2 weights are large');
insert into tryghed.respondent
select wave, 'r00000' || i, (1.5 + (i % 2))::decimal(18, 9), (1 + i % 2)::varchar, null, 'unit'
from (values ('2024'), ('2025')) as waves(wave), range(8) as people(i);
insert into tryghed.answer
select wave, respondent, 1 + right(respondent, 1)::int % 5, null, 20.5 + right(respondent, 1)::int
from tryghed.respondent;
insert into tryghed.score
select wave, respondent, weight, stratum, psu, (right(respondent, 1)::int % 5 < 2)::tinyint, null
from tryghed.respondent;
insert into tryghed.membership
select wave, respondent, 'survey_districts_13', area
from tryghed.respondent, (values ('alle'), ('vesterbro')) as areas(area);
insert into tryghed.grouping select wave, respondent, 'alle', 'alle' from tryghed.respondent;
insert into tryghed.population values ('2024', '1', 10), ('2024', '2', 6), ('2025', '1', 10), ('2025', '2', 6);
