package main

import "github.com/spf13/cobra"

// mappingHelp is the help on the file that tells an import what the columns of a sheet are. It is no command.
func (c *cli) mappingHelp() *cobra.Command {
	topic := &cobra.Command{
		Use: "mapping",
		Long: c.say(`列名与方案不同的表格怎样导入

写一个映射文件（YAML，UTF-8），说明哪一列是什么，导入时用 --mapping 指明。没写到的列仍按方案里的标题辨认；用不着的项可以不写:

  type: SubsidyApplied        # 每行是哪种事件；工作表名、文件名或各列已说明的可不写
  sheet: 补助                 # 只读工作簿里的这张表；不写则读所有可见的
  header_row: 3               # 表头在第几行（有两行的写上面一行）；不写则自己找
  columns:                    # 表里的列名: 字段；金额、数量的单位写在 * 后面
    编号: subsidy_id
    企业: enterprise_id
    办理日期: time
    金额: requested_yuan*万
  constants:                  # 每一行都相同的，行里另写的以行里为准
    kind: conversion
    org: "450703"
  skip: [经办人, 联系电话]      # 不导入的列

字段名: kaohe emit --list SubsidyApplied 列出一种事件有哪些。此外各种事件都有: time 发生日期，org 单位，
id 记录编号，source 记录来源。列表里的一项如申报单位的名称写作 entities.name。
单位: 千、万、百万、千万、亿（元、人次等写不写都行）；列名里写了单位的，如 金额（万元），不必再写。

照上面这份，第 3 行起是这样的一张表就能导入:

  编号    企业    金额   办理日期    经办人
  S-01    E-17    13     2018-3-5    李娜

映射文件写错时会指出第几行、第几列，什么都不导入。先看看会怎样: 加 --dry-run。`,
			`How to import a sheet whose titles are not those of the plan

Write a mapping, a YAML file in UTF-8 that says what the columns are, and name it by --mapping. Columns that it does not
name are known by the titles of the plan as ever. All of its parts may be left out:

  type: SubsidyApplied        # type of event of every row, unless the name of the sheet or file or the columns say it
  sheet: 补助                 # the one sheet of a workbook to read; all that can be seen if left out
  header_row: 3               # where the titles are, the upper row of two; found by itself if left out
  columns:                    # title in the sheet: field, and behind a * the unit of its numbers
    编号: subsidy_id
    企业: enterprise_id
    办理日期: time
    金额: requested_yuan*万
  constants:                  # what every row says that does not say otherwise
    kind: conversion
    org: "450703"
  skip: [经办人, 联系电话]      # columns that are not to be imported

The fields of a type are listed by kaohe emit --list SubsidyApplied. Besides, all types have time (the day), org (the unit),
id and source. What is within a list, as the names of applicants, is written entities.name.
Units are 千 (thousand), 万 (ten thousand), 百万 (million), 千万, 亿 (hundred million), with or without 元 and the like.
Where a title has the unit, as in 金额（万元）, it need not be said.

With this one a sheet can be imported that has from row 3 on:

  编号    企业    金额   办理日期    经办人
  S-01    E-17    13     2018-3-5    李娜

What is wrong with a mapping is said with its line and column, and nothing is imported then. --dry-run shows what would be.`),
		Example: c.examples(
			"kaohe import --mapping mapping.yaml --dry-run old.xlsx", "先看看会读成什么", "see what would be understood",
			"kaohe import --mapping mapping.yaml old.xlsx", "导入", "import it"),
	}
	topic.SetUsageTemplate(c.say("示例:", "Examples:") + "\n{{.Example}}\n")
	return topic
}
