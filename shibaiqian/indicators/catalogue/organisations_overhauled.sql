-- position: 13
-- title: 整顿后进党组织 / Party organisations put in order
-- definition: 到统计日已转化提升、回头看或销号的村（社区）党组织数；同一组织多次列入只计一次。
-- unit: 个
-- source: S37
-- as_of: 验收日期（没有时用整顿完成日期）不晚于统计日
-- key: party_overhaul.id
-- opens: view_party
-- additive: yes
-- counts_by: village

with rows as (
    select o.region as region, o.id as key, o.organisation_name as label
    from party_overhaul o
    where o.region >= :low and o.region < :high
      and o.state in ('transformed', 'look_back', 'closed') and o.voided_by is null
      and coalesce(o.accepted_on, o.finished_on) <= :as_of
      and not exists (
          select 1
          from party_overhaul e
          where e.region = o.region and e.organisation_name = o.organisation_name and e.id < o.id
            and e.state in ('transformed', 'look_back', 'closed') and e.voided_by is null
            and coalesce(e.accepted_on, e.finished_on) <= :as_of
      )
)
select left(region, :depth) as region, count(*) as value from rows group by 1
