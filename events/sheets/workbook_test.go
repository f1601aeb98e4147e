package sheets_test

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/kaohe/kaohe/events/sheets"
)

// book is a workbook that a test writes.
type book struct {
	testing.TB
	*excelize.File
	sheet string
}

func newBook(tb testing.TB, sheet string) *book {
	f := excelize.NewFile()
	tb.Cleanup(func() { f.Close() })
	b := &book{tb, f, sheet}
	b.must(f.SetSheetName("Sheet1", sheet))
	return b
}

func (b *book) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// row writes cells from column A on; nil leaves one out.
func (b *book) row(n int, cells ...any) {
	b.Helper()
	for i, v := range cells {
		if v == nil {
			continue
		}
		name, _ := excelize.CoordinatesToCellName(i+1, n)
		b.must(b.SetCellValue(b.sheet, name, v))
	}
}

// format shows a cell in a number format.
func (b *book) format(cell, code string) {
	b.Helper()
	style, err := b.NewStyle(&excelize.Style{CustomNumFmt: &code})
	b.must(err)
	b.must(b.SetCellStyle(b.sheet, cell, cell, style))
}

func (b *book) bytes() []byte {
	b.Helper()
	var out bytes.Buffer
	b.must(b.Write(&out))
	return out.Bytes()
}

func (b *book) read(o sheets.Options) []string {
	b.Helper()
	return readText(b, "book.xlsx", string(b.bytes()), o)
}

func TestMergedHeadersAndTypedCells(t *testing.T) {
	b := newBook(t, "补助申报")
	b.row(1, "2018年一季度补助申报表")
	b.must(b.MergeCell("补助申报", "A1", "F1"))
	b.row(2, nil, nil, nil, nil, "单位：万元")
	b.row(3, "序号", "申报日期", "申报单位", nil, "申报金额", "补助类别*")
	b.row(4, nil, nil, "名称", "编号", nil, nil)
	for _, m := range [][2]string{{"A3", "A4"}, {"B3", "B4"}, {"C3", "D3"}, {"E3", "E4"}, {"F3", "F4"}} {
		b.must(b.MergeCell("补助申报", m[0], m[1]))
	}
	b.row(5, 1, 43164, "甲；乙", "E1；E2", 13, "科技成果转化补助")
	b.format("B5", "yyyy/m/d")
	b.row(6, 2, "2018年3月6日", "丙", nil, "20万元", "rd")
	b.row(7, "合计", nil, nil, nil, 33)
	diff(t, b.read(sheets.Options{}),
		`补助申报!1 - text above the header`,
		`补助申报!2 - text above the header`,
		`补助申报!3 - header`,
		`补助申报!4 - header`,
		`补助申报!5 {"specversion":"1.0","type":"SubsidyApplied","time":"2018-03-05","data":{"entities":[{"id":"E1","name":"甲"},{"id":"E2","name":"乙"}],"kind":"conversion","requested_yuan":"130000.00"}}`,
		`补助申报!5 ~ 5 data.requested_yuan: 13万元 = 130 000.00 元`,
		`补助申报!6 {"specversion":"1.0","type":"SubsidyApplied","time":"2018-03-06","data":{"entities":[{"name":"丙"}],"kind":"rd","requested_yuan":"200000.00"}}`,
		`补助申报!6 ~ 2 time: 2018年3月6日 = 2018-03-06`,
		`补助申报!6 ~ 5 data.requested_yuan: 20万元 = 200 000.00 元`,
		`补助申报!7 - total row`,
	)
}
