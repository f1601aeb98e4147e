package sheets_test

import (
	"encoding/csv"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/kaohe/kaohe/events/sheets"
)

var update = flag.Bool("update", false, "write the golden files")

// messy is a table as people hand it in: what stands in the workbook, and what its twin in CSV shows in the same place where
// that differs.
var messy = [][]any{
	{"2018年第一季度补助申报统计表"},
	{nil, nil, nil, nil, nil, "单位：万元"},
	{"序号", "申报日期", "申报单位名称", "企业编号", "补助类别*", "申报金额", "佐证材料", "经办电话"},
	{1, shown{43164, "2018/3/5"}, "埃索凯；绿牌", nil, "科技成果转化补助", 13, "桂科〔2018〕1号", "0777-1"},
	{2, "2018年3月6日", nil, "91450703MA5K00000M", "高企重新认定补助", "10万元", "甲\n乙"},
	{},
	{3, "2018.3.7", nil, "E3", "R&D", 0.5},
	{4, "2018.3.7", nil, "E3", "rd", "０．５"}, // says the same
	{5, "3/5/2018", nil, "E4", "rd", 1},
	{6, "2018年3月", nil, "E5", "研发", "约一万"},
	{7, "2018-03-08", nil, shown{914507037000000000.0, "9.14507E+17"}, "rd", 1},
	{8, nil, nil, "E8", "rd", "—"},
	{9, "2018-03-09", nil, "E9", "rd", shown{true, "TRUE"}},
	{10},
	{"序号", "申报日期", "申报单位名称", "企业编号", "补助类别*", "申报金额", "佐证材料", "经办电话"},
	{11, shown{20180310, "20180310"}, nil, shown{450703101201, "450703101201"}, "platform", "1,200.50"},
	{"合 计", nil, nil, nil, nil, 1223.5},
	{"填表人：张三", nil, "审核人：李四"},
}

// shown is a value that looks otherwise in CSV.
type shown struct {
	value any
	text  string
}

func text(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func TestAMessyTableAndItsTwin(t *testing.T) {
	b := newBook(t, "补助申报")
	var twin strings.Builder
	w := csv.NewWriter(&twin)
	for i, row := range messy {
		cells, texts := make([]any, len(row)), make([]string, len(row))
		for c, v := range row {
			s, ok := v.(shown)
			if !ok {
				s = shown{v, text(v)}
			}
			cells[c], texts[c] = s.value, s.text
		}
		b.row(i+1, cells...)
		if len(texts) == 0 {
			texts = []string{""}
		}
		if err := w.Write(texts); err != nil {
			t.Fatal(err)
		}
	}
	b.format("B4", "yyyy/m/d")
	w.Flush()
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(twin.String())
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string][]string{"xlsx": b.read(sheets.Options{}), "csv": readText(t, "补助申报.csv", gb, sheets.Options{})} {
		golden := "testdata/messy." + name + ".golden"
		if *update {
			if err := os.WriteFile(golden, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		diff(t, got, strings.Split(strings.TrimSuffix(string(want), "\n"), "\n")...)
	}
	diff(t, facts(readText(t, "补助申报.csv", gb, sheets.Options{})), facts(b.read(sheets.Options{}))...)
}
