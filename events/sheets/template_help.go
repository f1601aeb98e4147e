package sheets

import (
	"strconv"
	"strings"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/forms"
)

// maxOrgs bounds the units that the instructions list.
const maxOrgs = 300

// instructionLines say how to fill in and hand in, in both languages.
var instructionLines = []events.Text{
	{ZH: "一行记一件事。标题带 * 的列必填，其余有就填；每列标题上的批注说明填什么。", EN: "A row is a fact. Columns whose title has a * must be filled in, the others if there is something to say. The comment on a title says what belongs into the column."},
	{ZH: "灰色的示例行不会导入，可以删除，也可以留着；请从它下面一行填起。", EN: "The grey example row is not imported. Delete it or leave it, and begin in the row below."},
	{ZH: "日期写 2018-03-05、2018/3/5 或 2018年3月5日都行；金额单位是元，也可以写 13万元、0.35亿、130,000.00。", EN: "Dates may be written 2018-03-05, 2018/3/5 or 2018年3月5日. Amounts are in yuan; 13万元, 0.35亿 and 130,000.00 are understood."},
	{ZH: "一格里写几个值时用 ； 隔开；不清楚的数量留空，不要编。", EN: "Several values in a cell are separated by ; . Leave out what is not known rather than making it up."},
	{ZH: "列可以调换位置，也可以删去不用的选填列；标题请不要改。自己加的列不会导入，导入时会提示。", EN: "Columns may change places, and optional ones that are not used may go. Do not change titles. Columns of your own are not imported, which is said."},
	{ZH: "导入: kaohe import 文件名；先加 --dry-run 试一遍，什么都不会登记。", EN: "Import it with: kaohe import FILE. Try --dry-run first, which records nothing."},
	{ZH: "重复导入同一文件不会重复计数。有问题的行会另存为一份标明原因的副本，改好后导入那份副本即可。", EN: "Importing the same file again counts nothing twice. Rows with mistakes come back in a copy that says what is wrong: correct and import that copy."},
}

// instructions adds a sheet that says what the titles and comments do not.
func (t *template) instructions() {
	sheet := t.newSheet(t.say("说明", "Instructions"), MarkerNone)
	p := &page{t: t, sheet: sheet}
	t.must(t.file.SetColWidth(sheet, "A", "A", 28))
	t.must(t.file.SetColWidth(sheet, "B", "C", 70))
	p.heading("怎样填写", "How to fill in")
	for i, line := range instructionLines {
		p.line(strconv.Itoa(i+1), line.ZH, line.EN)
	}
	for _, name := range t.Types {
		p.describe(t.Catalogue.Type(name))
	}
	if orgs := t.Catalogue.Orgs; len(orgs) > 1 {
		p.heading("单位代码", "Codes of units")
		for _, org := range orgs[:min(len(orgs), maxOrgs)] {
			p.line(org.Code, org.Name.ZH, org.Name.EN)
		}
	}
	t.landscape(sheet)
}

// page writes the lines of the instructions: a key, and what it means in both languages beside each other.
type page struct {
	t     *template
	sheet string
	row   int
}

func (p *page) heading(zh, en string) {
	if p.row > 0 {
		p.row++
	}
	p.line("", zh, en)
	p.t.must(p.t.file.SetCellStyle(p.sheet, at(2, p.row), at(3, p.row), p.t.styles.heading))
}

func (p *page) line(key, zh, en string) {
	p.row++
	for i, s := range []string{key, zh, en} {
		if s != "" {
			p.t.must(p.t.file.SetCellStr(p.sheet, at(i+1, p.row), s))
		}
	}
	p.t.must(p.t.file.SetCellStyle(p.sheet, at(1, p.row), at(3, p.row), p.t.styles.plain))
	lines := max((columnsTaken(zh)+67)/68, (columnsTaken(en)+67)/68, 1)
	p.t.must(p.t.file.SetRowHeight(p.sheet, p.row, min(float64(16*lines), 400)))
}

// describe lists the columns of a type.
func (p *page) describe(typ *forms.Type) {
	p.heading(typ.Title.ZH, typ.Title.EN)
	p.line("", typ.Description.ZH, typ.Description.EN)
	columns := Columns(typ)
	for i := range columns {
		c := &columns[i]
		p.line(c.Title.In(p.t.Lang), strings.Join(describe(c, events.Chinese), "；"), strings.Join(describe(c, events.English), "; "))
	}
}
