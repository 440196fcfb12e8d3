-- A store of layout 2: as layout 3, without the numbers of locations and profiles.
-- Two waves of one survey with made-up respondents. Never change this file: it is what old stores look like.
create table main.comparability(survey VARCHAR not null, wave VARCHAR not null, against VARCHAR not null, indicator VARCHAR not null, verdict VARCHAR not null, reasons VARCHAR[] not null, why VARCHAR[] not null);
comment on table main.comparability is 'one row per survey, wave, earlier wave and indicator: may the two be compared, and why not';
create table main."content"(place VARCHAR not null, relation VARCHAR not null, survey VARCHAR not null, wave VARCHAR not null, "rows" BIGINT not null, sha256 VARCHAR not null);
comment on table main.content is 'one row per table, survey and wave: how many rows it has, and a hash of their values';
insert into main.content values
    ('main', 'delivery', 'tryghed', '2024', 1, '4f1458224749d3f87465e1cce6c8586c9bd8673c00e87d224d97b52bb5baf2cb'),
    ('main', 'delivery', 'tryghed', '2025', 1, 'f857023539d8f5bf5ff7a44251ddae0608c1fd887557fd46ee5c661e5c5203e2'),
    ('main', 'finding', 'tryghed', '2024', 1, '73d45eb6cc75d93af00a4fe8377ecdbcf9cc724850600ee4ee5ec2e523bce306'),
    ('main', 'finding', 'tryghed', '2025', 1, '76e01021a3bde7e38decbfada98ef5e227fd8b21ba6db5e95db9a52249a18be3'),
    ('main', 'layout', '', '', 1, 'ba0af1b55def451b8f06af20869d27885abb77960ff1a25571fcd09ee4b09da6'),
    ('tryghed', 'answer', 'tryghed', '2024', 8, 'ec8423e241e4eda1c0a13f113c8113b0b20e74d47251ac9cebc4d46347f8019c'),
    ('tryghed', 'answer', 'tryghed', '2025', 8, '60491da7394ce05b25c017250b24e4429074c0ade2c9f04e6bbd06bba8afcffe'),
    ('tryghed', 'design', 'tryghed', '2024', 1, '225f293e71f213635633ab321b921c5cc7103b0709a1f2fdf0ecaed3240fcb25'),
    ('tryghed', 'design', 'tryghed', '2025', 1, '3ee5e7962868f5c7ab78455d933ca820ed12b472cc09ef8b7c4231dde59dc996'),
    ('tryghed', 'grouping', 'tryghed', '2024', 16, '0576f70ede78baeb081f74bca4f7e90564fe72e0f1a6e2b060ee23158ed1c3ec'),
    ('tryghed', 'grouping', 'tryghed', '2025', 16, '32f1d6c76a034b69e50b3e6a3548660577a693f86d2be9e0abbc051780b6ba52'),
    ('tryghed', 'invited', 'tryghed', '2024', 4, 'cb05292404ef674920692643a6e07a3174f00424946a2a2df60f14688d1978b0'),
    ('tryghed', 'invited', 'tryghed', '2025', 4, '3f1007650df072f0d196b0e356308bc12700e897d042374624928154dc8b36e7'),
    ('tryghed', 'membership', 'tryghed', '2024', 16, '0a28acc3335a23206f9c807f1ef63b829ee482f24810bfb9344be57774bc9ddf'),
    ('tryghed', 'membership', 'tryghed', '2025', 16, 'dd3bcabfff606755bcddf737feff3295df36b7766ed15e5c54bf2c523944e0f4'),
    ('tryghed', 'population', 'tryghed', '2024', 2, '216d5f57ded712a5cce6c328026f0cbfbbbbf7bf2237ecc537a61b8ab522b001'),
    ('tryghed', 'population', 'tryghed', '2025', 2, 'ccc0a89d93636767ce133266d02ea65ab1a53f7a7f1048594524ab195cf448d2'),
    ('tryghed', 'respondent', 'tryghed', '2024', 8, '6b629433f472c69359006f09765e8311eae2cdcbd0756e585d9214cb3feba9f7'),
    ('tryghed', 'respondent', 'tryghed', '2025', 8, 'f1d77790a2f4ade7fb14cd7c4461782bdf863472e559a77dac3ef05ec053d366'),
    ('tryghed', 'score', 'tryghed', '2024', 8, '0d6a52525071f954da26c8722f5c0f633c9bc9958762378d5930f2345231525b'),
    ('tryghed', 'score', 'tryghed', '2025', 8, '5fbb1c891c02b011e0162b041ec403b9dbd65a2a7fb9677c1ca0081c920a391b');
create table main.delivery(survey VARCHAR not null, wave VARCHAR not null, file VARCHAR not null, sha256 VARCHAR not null, verified BOOLEAN not null, "rows" BIGINT not null, "columns" BIGINT not null, definition_sha256 VARCHAR not null, loaded_at TIMESTAMP not null, revision INTEGER not null, because VARCHAR not null);
comment on table main.delivery is 'one row per survey and wave loaded: the file its numbers come from';
insert into main.delivery values
    ('tryghed', '2024', 'tryghed.sav', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', true, 8, 5, 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', '2026-11-26 19:22:36.226000', 1, ''),
    ('tryghed', '2025', 'tryghed.sav', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', true, 8, 5, 'dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd', '2026-11-26 19:22:37.415377', 1, '');
create table main.erasure(survey VARCHAR not null, wave VARCHAR not null, erased_at TIMESTAMP not null, because VARCHAR not null, archive VARCHAR not null);
comment on table main.erasure is 'one row per survey and wave that was erased and not loaded again since';
create table main.finding(survey VARCHAR not null, wave VARCHAR not null, code VARCHAR not null, severity VARCHAR not null, place VARCHAR not null, count BIGINT not null, "rows" BIGINT[] not null, message VARCHAR not null, because VARCHAR, accepted_by VARCHAR, accepted_on DATE);
comment on table main.finding is 'one row per problem found in a delivery; rows are the first row numbers, because says why it was accepted';
insert into main.finding values
    ('tryghed', '2024', 'weights_spread', 'warning', 'vaegt', 2, [1, 3], '2 weights are large', null, null, null),
    ('tryghed', '2025', 'weights_spread', 'warning', 'vaegt', 2, [1, 3], '2 weights are large', null, null, null);
create table main.layout("version" INTEGER not null, software VARCHAR not null);
comment on table main.layout is 'one row: the version of these tables, and of the software that made them so';
insert into main.layout values
    (2, '0.1.0');
create table main."register"("register" VARCHAR not null, "label" VARCHAR not null, unit VARCHAR not null, denominator VARCHAR not null, "source" VARCHAR not null, area_set VARCHAR not null, area_version VARCHAR not null, file VARCHAR not null, sha256 VARCHAR not null, verified BOOLEAN not null, "rows" BIGINT not null, definition_sha256 VARCHAR not null, loaded_at TIMESTAMP not null);
comment on table main.register is 'one row per register table loaded: what its figures are, and the file they come from';
create table main.register_break("register" VARCHAR not null, since INTEGER not null, why VARCHAR not null);
comment on table main.register_break is 'one row per register and year from which its figures cannot be compared with earlier ones';
create table main.register_finding("register" VARCHAR not null, code VARCHAR not null, severity VARCHAR not null, place VARCHAR not null, count BIGINT not null, "rows" BIGINT[] not null, message VARCHAR not null, because VARCHAR, accepted_by VARCHAR, accepted_on DATE);
comment on table main.register_finding is 'one row per problem found in a register table; because says why it was accepted';
create table main.register_value("register" VARCHAR not null, area VARCHAR not null, "year" INTEGER not null, category VARCHAR not null, "value" DOUBLE, denominator DOUBLE);
comment on table main.register_value is 'one row per register, area, year and category; area alle is the whole city; value is null where none is known';
create schema tryghed;
create table tryghed.answer(wave VARCHAR not null, respondent VARCHAR not null, safe_evening SMALLINT, safe_day SMALLINT, age_years DOUBLE);
comment on table tryghed.answer is 'one row per wave and respondent, a column per item; negative codes are kinds of missing, null is not asked';
insert into tryghed.answer values
    ('2024', 'r000000', 1, 1, 20.5),
    ('2024', 'r000001', 2, 2, 21.5),
    ('2024', 'r000002', 3, 1, 22.5),
    ('2024', 'r000003', 4, 2, 23.5),
    ('2024', 'r000004', 5, 1, 24.5),
    ('2024', 'r000005', -91, 2, 25.5),
    ('2024', 'r000006', -92, 1, 26.5),
    ('2024', 'r000007', 1, 2, 27.5),
    ('2025', 'r000000', 1, 1, 20.5),
    ('2025', 'r000001', 2, 2, 21.5),
    ('2025', 'r000002', 3, 1, 22.5),
    ('2025', 'r000003', 4, 2, 23.5),
    ('2025', 'r000004', 5, 1, 24.5),
    ('2025', 'r000005', -91, 2, 25.5),
    ('2025', 'r000006', -92, 1, 26.5),
    ('2025', 'r000007', 1, 2, 27.5);
create table tryghed.answer_label(wave VARCHAR not null, item VARCHAR not null, code BIGINT not null, "label" VARCHAR not null, declared_missing BOOLEAN not null);
comment on table tryghed.answer_label is 'one row per wave, item and code that the file labels or declares missing';
create table tryghed.design(wave VARCHAR not null, lonely_psu VARCHAR not null, replicates VARCHAR, factors DOUBLE[], mse BOOLEAN);
comment on table tryghed.design is 'one row per wave: what its definition says of strata with one PSU, and of replicate weights';
insert into tryghed.design values
    ('2024', 'fail', null, null, null),
    ('2025', 'fail', null, null, null);
create table tryghed."grouping"(wave VARCHAR not null, respondent VARCHAR not null, dimension VARCHAR not null, category VARCHAR not null);
comment on table tryghed.grouping is 'one row per respondent, dimension and category; dimension alle holds everybody, sex*age is a crossing';
insert into tryghed.grouping values
    ('2024', 'r000000', 'alle', 'alle'),
    ('2024', 'r000000', 'sex', 'kvinde'),
    ('2024', 'r000001', 'alle', 'alle'),
    ('2024', 'r000001', 'sex', 'kvinde'),
    ('2024', 'r000002', 'alle', 'alle'),
    ('2024', 'r000002', 'sex', 'mand'),
    ('2024', 'r000003', 'alle', 'alle'),
    ('2024', 'r000003', 'sex', 'mand'),
    ('2024', 'r000004', 'alle', 'alle'),
    ('2024', 'r000004', 'sex', 'kvinde'),
    ('2024', 'r000005', 'alle', 'alle'),
    ('2024', 'r000005', 'sex', 'kvinde'),
    ('2024', 'r000006', 'alle', 'alle'),
    ('2024', 'r000006', 'sex', 'mand'),
    ('2024', 'r000007', 'alle', 'alle'),
    ('2024', 'r000007', 'sex', 'mand'),
    ('2025', 'r000000', 'alle', 'alle'),
    ('2025', 'r000000', 'sex', 'kvinde'),
    ('2025', 'r000001', 'alle', 'alle'),
    ('2025', 'r000001', 'sex', 'kvinde'),
    ('2025', 'r000002', 'alle', 'alle'),
    ('2025', 'r000002', 'sex', 'mand'),
    ('2025', 'r000003', 'alle', 'alle'),
    ('2025', 'r000003', 'sex', 'mand'),
    ('2025', 'r000004', 'alle', 'alle'),
    ('2025', 'r000004', 'sex', 'kvinde'),
    ('2025', 'r000005', 'alle', 'alle'),
    ('2025', 'r000005', 'sex', 'kvinde'),
    ('2025', 'r000006', 'alle', 'alle'),
    ('2025', 'r000006', 'sex', 'mand'),
    ('2025', 'r000007', 'alle', 'alle'),
    ('2025', 'r000007', 'sex', 'mand');
create table tryghed.invited(wave VARCHAR not null, division VARCHAR not null, category VARCHAR not null, invited BIGINT not null);
comment on table tryghed.invited is 'one row per wave, division (area set, group, stratum or alle) and category whose number of invited is known';
insert into tryghed.invited values
    ('2024', 'alle', 'alle', 20),
    ('2024', 'sex', 'kvinde', 8),
    ('2024', 'sex', 'mand', 12),
    ('2024', 'stratum', '9', 5),
    ('2025', 'alle', 'alle', 20),
    ('2025', 'sex', 'kvinde', 8),
    ('2025', 'sex', 'mand', 12),
    ('2025', 'stratum', '9', 5);
create table tryghed.membership(wave VARCHAR not null, respondent VARCHAR not null, area_set VARCHAR not null, area VARCHAR not null);
comment on table tryghed.membership is 'one row per respondent, area set and area it lies in; area alle holds everybody, in every set';
insert into tryghed.membership values
    ('2024', 'r000000', 'survey_districts_13', 'alle'),
    ('2024', 'r000000', 'survey_districts_13', 'amager-vest'),
    ('2024', 'r000001', 'survey_districts_13', 'alle'),
    ('2024', 'r000001', 'survey_districts_13', 'vesterbro'),
    ('2024', 'r000002', 'survey_districts_13', 'alle'),
    ('2024', 'r000002', 'survey_districts_13', 'amager-vest'),
    ('2024', 'r000003', 'survey_districts_13', 'alle'),
    ('2024', 'r000003', 'survey_districts_13', 'vesterbro'),
    ('2024', 'r000004', 'survey_districts_13', 'alle'),
    ('2024', 'r000004', 'survey_districts_13', 'amager-vest'),
    ('2024', 'r000005', 'survey_districts_13', 'alle'),
    ('2024', 'r000005', 'survey_districts_13', 'vesterbro'),
    ('2024', 'r000006', 'survey_districts_13', 'alle'),
    ('2024', 'r000006', 'survey_districts_13', 'amager-vest'),
    ('2024', 'r000007', 'survey_districts_13', 'alle'),
    ('2024', 'r000007', 'survey_districts_13', 'vesterbro'),
    ('2025', 'r000000', 'survey_districts_13', 'alle'),
    ('2025', 'r000000', 'survey_districts_13', 'amager-vest'),
    ('2025', 'r000001', 'survey_districts_13', 'alle'),
    ('2025', 'r000001', 'survey_districts_13', 'vesterbro'),
    ('2025', 'r000002', 'survey_districts_13', 'alle'),
    ('2025', 'r000002', 'survey_districts_13', 'amager-vest'),
    ('2025', 'r000003', 'survey_districts_13', 'alle'),
    ('2025', 'r000003', 'survey_districts_13', 'vesterbro'),
    ('2025', 'r000004', 'survey_districts_13', 'alle'),
    ('2025', 'r000004', 'survey_districts_13', 'amager-vest'),
    ('2025', 'r000005', 'survey_districts_13', 'alle'),
    ('2025', 'r000005', 'survey_districts_13', 'vesterbro'),
    ('2025', 'r000006', 'survey_districts_13', 'alle'),
    ('2025', 'r000006', 'survey_districts_13', 'amager-vest'),
    ('2025', 'r000007', 'survey_districts_13', 'alle'),
    ('2025', 'r000007', 'survey_districts_13', 'vesterbro');
create table tryghed.population(wave VARCHAR not null, stratum VARCHAR not null, size DOUBLE not null);
comment on table tryghed.population is 'one row per wave and stratum with a known number of sampling units';
insert into tryghed.population values
    ('2024', '1', 10.0),
    ('2024', '2', 6.0),
    ('2025', '1', 10.0),
    ('2025', '2', 6.0);
create table tryghed.questionnaire(wave VARCHAR not null, item VARCHAR not null, "position" BIGINT not null, column_name VARCHAR not null, "text" VARCHAR not null);
comment on table tryghed.questionnaire is 'one row per wave and item, as the file asked it: column_name and its place, text is its label';
create table tryghed.replicate_weight(wave VARCHAR not null, respondent VARCHAR not null, weights DECIMAL(18,9)[] not null);
comment on table tryghed.replicate_weight is 'one row per wave and respondent, where replicate weights were delivered: all of them in order';
create table tryghed.respondent(wave VARCHAR not null, respondent VARCHAR not null, weight DECIMAL(18,9) not null, stratum VARCHAR not null, psu VARCHAR, unit VARCHAR);
comment on table tryghed.respondent is 'one row per wave and respondent; psu is unique within its stratum, null where people were sampled directly';
insert into tryghed.respondent values
    ('2024', 'r000000', 2.500000000, '1', null, 'unit'),
    ('2024', 'r000001', 1.500000000, '2', null, 'unit'),
    ('2024', 'r000002', 2.500000000, '1', null, 'unit'),
    ('2024', 'r000003', 1.500000000, '2', null, 'unit'),
    ('2024', 'r000004', 2.500000000, '1', null, 'unit'),
    ('2024', 'r000005', 1.500000000, '2', null, 'unit'),
    ('2024', 'r000006', 2.500000000, '1', null, 'unit'),
    ('2024', 'r000007', 1.500000000, '2', null, 'unit'),
    ('2025', 'r000000', 2.500000000, '1', null, 'unit'),
    ('2025', 'r000001', 1.500000000, '2', null, 'unit'),
    ('2025', 'r000002', 2.500000000, '1', null, 'unit'),
    ('2025', 'r000003', 1.500000000, '2', null, 'unit'),
    ('2025', 'r000004', 2.500000000, '1', null, 'unit'),
    ('2025', 'r000005', 1.500000000, '2', null, 'unit'),
    ('2025', 'r000006', 2.500000000, '1', null, 'unit'),
    ('2025', 'r000007', 1.500000000, '2', null, 'unit');
create table tryghed.score(wave VARCHAR not null, respondent VARCHAR not null, weight DECIMAL(18,9) not null, stratum VARCHAR not null, psu VARCHAR, tryg_aften TINYINT, tryg_dag TINYINT);
comment on table tryghed.score is 'one row per wave and respondent, a column per indicator: 1 counts, 0 does not, null is outside the base';
insert into tryghed.score values
    ('2024', 'r000000', 2.500000000, '1', null, 1, 1),
    ('2024', 'r000001', 1.500000000, '2', null, 1, 1),
    ('2024', 'r000002', 2.500000000, '1', null, 0, 1),
    ('2024', 'r000003', 1.500000000, '2', null, 0, 1),
    ('2024', 'r000004', 2.500000000, '1', null, 0, 1),
    ('2024', 'r000005', 1.500000000, '2', null, 0, 1),
    ('2024', 'r000006', 2.500000000, '1', null, null, 1),
    ('2024', 'r000007', 1.500000000, '2', null, 1, 1),
    ('2025', 'r000000', 2.500000000, '1', null, 1, 1),
    ('2025', 'r000001', 1.500000000, '2', null, 1, 1),
    ('2025', 'r000002', 2.500000000, '1', null, 0, 1),
    ('2025', 'r000003', 1.500000000, '2', null, 0, 1),
    ('2025', 'r000004', 2.500000000, '1', null, 0, 1),
    ('2025', 'r000005', 1.500000000, '2', null, 0, 1),
    ('2025', 'r000006', 2.500000000, '1', null, null, 1),
    ('2025', 'r000007', 1.500000000, '2', null, 1, 1);
