package sheets

import (
	"regexp"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

var (
	skipBlank   = events.Text{ZH: "空行", EN: "blank row"}
	skipTotal   = events.Text{ZH: "合计行", EN: "total row"}
	skipExample = events.Text{ZH: "示例行", EN: "example row"}
	skipHeader  = events.Text{ZH: "重复的表头", EN: "header again"}
	skipRemark  = events.Text{ZH: "表尾的说明", EN: "remark below the table"}
)

var (
	// totalRow is what stands in the first cell of a row that sums up others: 合计, 小 计：, 本页小计, 一季度合计, 总计（万元）, Total.
	totalRow = regexp.MustCompile(`^(本页|本月|本季|本年|本季度|年度|全年|上半年|下半年|(\d{4}年度?)?(第?[一二三四1-4]季度|\d{1,2}月份?)?)?(合计|总计|小计|共计|累计|grandtotal|subtotal|total|sum)(\(.*\))?$`)
	// remarkRow is what stands in the first cell below a table: 填表人：张三, 注：...
	remarkRow = regexp.MustCompile(`^(填表人|制表人|填报人|审核人|负责人|联系人|联系电话|填表日期|填报日期|填报单位|备注|说明|注)[0-9]?\s*[:：]`)
)

// skip tells why a line below the header is no fact, or nil if it is to be read as one.
func (t *table) skip(l *line) *events.Text {
	first, example := "", false
	for c := range l.cells {
		cell, ok := l.filled(c)
		if !ok || cell.fault != nil {
			continue
		}
		example = example || isExample(cell.text)
		if first == "" && c != t.result {
			first = cell.text
		}
	}
	switch {
	case example:
		return &skipExample
	case totalRow.MatchString(forms.Fold(first)):
		return &skipTotal
	case remarkRow.MatchString(first):
		return &skipRemark
	case t.isBlank(l):
		return &skipBlank
	case t.isHeader(l):
		return &skipHeader
	}
	return nil
}

func isExample(s string) bool {
	return strings.HasPrefix(s, ExampleMark.ZH) || strings.HasPrefix(s, ExampleMark.EN)
}

// isBlank reports whether a line says nothing. A number of the row, or the reason why it was refused, says nothing.
func (t *table) isBlank(l *line) bool {
	for c := range l.cells {
		if _, ok := l.filled(c); ok && c != t.result && !(c < len(t.header.titles) && t.header.titles[c].isSerial()) {
			return false
		}
	}
	return true
}

// isHeader reports whether a line is the last line of the header again, as at the top of each printed page.
func (t *table) isHeader(l *line) bool {
	same := 0
	for c := range t.header.titles {
		cell, ok := l.filled(c)
		if !ok {
			continue
		}
		h := &t.header.titles[c]
		if h.text != cell.text && !(len(h.ways) > 1 && forms.Fold(h.ways[1].text) == forms.Fold(cell.text)) {
			return false
		}
		same++
	}
	return same > 1
}
