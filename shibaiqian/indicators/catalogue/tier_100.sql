-- position: 07
-- title: 镇级挂职干部（百） / Officials posted to towns
-- definition: 统计日已任命且尚未结束的挂职数，按挂职地计。“十百千”是名称，不是数量。
-- unit: 人
-- source: S7
-- as_of: 任职日期不晚于统计日；结束日期不早于统计日或未结束
-- key: postings_posting.id
-- opens: view_postings
-- additive: yes
-- counts_by: town

with rows as (
    select p.region as region, p.id as key, p.host_name || ' ' || p.title as label
    from postings_posting p
    where p.region >= :low and p.region < :high
      and p.tier_code = 'T100' and p.voided_by is null
      and p.appointed_on <= :as_of and (p.ended_on is null or p.ended_on >= :as_of)
)
select left(region, :depth) as region, count(*) as value from rows group by 1
