-- position: 08
-- title: 村级挂职干部（千） / Officials posted to villages
-- definition: 统计日已任命且尚未结束的挂职数，按挂职地计。“十百千”是名称，不是数量。
-- unit: 人
-- source: S8
-- as_of: 任职日期不晚于统计日；结束日期不早于统计日或未结束
-- key: postings_posting.id
-- opens: view_postings
-- additive: yes
-- counts_by: village

with rows as (
    select p.region as region, p.id as key, p.host_name || ' ' || p.title as label
    from postings_posting p
    where p.region >= :low and p.region < :high
      and p.tier_code = 'T1000' and p.voided_by is null
      and p.appointed_on <= :as_of and (p.ended_on is null or p.ended_on >= :as_of)
)
select left(region, :depth) as region, count(*) as value from rows group by 1
