-- position: 11
-- title: 乡镇党委书记选拔 / Town party secretaries selected upward
-- definition: 本年度内任命的提拔使用人次，按新任单位所在地计；不限于挂职干部。
-- unit: 人
-- source: S33
-- as_of: 当年 1 月 1 日（:year_start）至统计日
-- key: cadres_promotion.id
-- opens: view_cadres
-- additive: no
-- counts_by: unit
-- note: 新任单位在市直的，计在市本级；各县区相加后还要加上市本级，才是全市数。

with rows as (
    select m.region as region, m.id as key, m.new_post as label
    from cadres_promotion m
    where m.region >= :low and m.region < :high
      and m.kind = 'town_secretary_up' and m.voided_by is null
      and m."on" >= :year_start and m."on" <= :as_of
)
select left(region, :depth) as region, count(*) as value from rows group by 1
