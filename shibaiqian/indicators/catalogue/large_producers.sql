-- position: 17
-- title: 产业大户 / Large producers
-- definition: 挂职干部帮扶建设的产业大户数（主体），累计；每个主体只计一次，帮扶起始日期须在任职期内。
-- unit: 个
-- source: S40
-- as_of: 帮扶起始日期不晚于统计日，且在任职的到任日期与结束日期之间
-- key: assistance_industryentity.id
-- opens: view_assistance
-- additive: yes
-- counts_by: village
-- note: 任职在查看人范围之外的（县级、镇级任职办在村里的事，村里看不到那条任职），以登记时的检查为准。

with rows as (
    select e.region as region, e.id as key, e.name as label
    from assistance_industryentity e
    left join postings_posting p on p.id = e.posting_id
    where e.region >= :low and e.region < :high
      and e.kind = 'large_producer' and e.voided_by is null
      and e.assisted_since <= :as_of
      and (
          p.id is null
          or (p.voided_by is null and e.assisted_since >= p.arrived_on and (p.ended_on is null or e.assisted_since <= p.ended_on))
      )
)
select left(region, :depth) as region, count(*) as value from rows group by 1
