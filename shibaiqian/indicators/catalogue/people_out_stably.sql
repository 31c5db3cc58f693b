-- position: 21
-- title: 稳定脱贫人口 / People stably out of poverty
-- definition: 在统计日为稳定脱贫的户，其当日在册的家庭成员数。与贫困人口存量是两个不同的存量，不得相减。
-- unit: 人
-- source: S40；domain.md §15.1
-- as_of: 统计日当天的状态与成员
-- key: households_member.id
-- opens: view_households
-- additive: yes
-- counts_by: village

with rows as (
    select s.region as region, m.id as key, m.name as label
    from households_householdstate s
    join households_member m on m.household_id = s.household_id
    where s.region >= :low and s.region < :high
      and s.state = 'stable_exit' and s.voided_by is null
      and s.since <= :as_of and (s.until is null or s.until > :as_of)
      and m.region >= :low and m.region < :high and m.voided_by is null
      and m.joined_on <= :as_of and (m.left_on is null or m.left_on > :as_of)
)
select left(region, :depth) as region, count(*) as value from rows group by 1
