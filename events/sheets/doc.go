// Package sheets reads the files in which people keep their records, row by row, and makes events of them: CloudEvents in
// NDJSON and JSON go through as they are, CSV files and workbooks (.xlsx) are understood by their titles.
//
// # Sheets
//
// A sheet records one type of event, which its name says (补助申报, SubsidyApplied-2018Q1), or has a column for the type. Where
// nothing says the type its columns may: if all are those of one type, as the plan calls them, none that is required is
// missing, and no other type could have them all.
//
// Above the header may stand titles, and a line like 单位：万元 that goes for all amounts. Titles are those of the plan in
// either language or the names of the fields, however they are written; brackets may name a unit: 申报金额（万元）. A header may
// have two lines, the upper of which names groups. [Columns] lists the columns that a type may have.
//
// Below the header each row is one event. Numbers, days and choices are read as people write them (package forms), and what
// was understood is noted. A cell with several values has ； or line ends between them. Rows that are blank, sum up others or
// are remarks are passed over, and say so. What cannot be understood is a fault of its cell and never a guess: days whose
// month is not clear, numbers that a spreadsheet has cut to 15 digits, #REF!, an amount merged over several rows.
//
// Rows that say the same are numbered (nth), so that two trainings alike are two, and the same two when the file is
// imported again. Fields that identify an event, and ids, go before: then rows that say the same are one event.
//
// # Mappings
//
// Where the titles are not those of the plan a mapping says what they are, in YAML:
//
//	type: SubsidyApplied          # of event; may be left out if the sheet's name or its columns say it
//	sheet: 补助                   # of a workbook; all sheets if left out
//	header_row: 3                 # found by itself if left out
//	columns:                      # title: field, or field*unit if the numbers stand in a unit
//	  编号: subsidy_id
//	  企业: enterprise_id
//	  "金额(万元)": requested_yuan*万
//	  办理日期: time
//	constants:                    # what every row says that does not say otherwise
//	  kind: conversion
//	  org: "450703"
//	skip: [经办人, 联系电话]        # columns that are not to be imported
//
// # Bounds
//
// Files may come from anywhere. No more than a row is in memory, and of a workbook its texts; a CSV file costs 35 bytes a row
// besides, by which equal rows are known. Rows, cells and what a workbook unpacks to are bounded.
package sheets
