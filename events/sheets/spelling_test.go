package sheets_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/sheets"
)

// grant is what one row says, apart from how it is written.
type grant struct {
	day      events.Day
	kind     string
	count    int
	partners []string
	yuan     events.Money
}

func (g *grant) event() string {
	return fmt.Sprintf(`{"specversion":"1.0","type":"ProjectSubmitted","time":"%s","data":{"co_applicants":["%s"],"count":%d,"level":"%s","requested_yuan":"%s"}}`,
		g.day, strings.Join(g.partners, `","`), g.count, g.kind, g.yuan)
}

var levels = map[string][]string{
	"national": {"national", "国家级", "NATIONAL", " 国 家 级 "}, "region": {"region", "自治区(省)级", "自治区（省）级", "自治区级"}, "city": {"City", "市级", "ｃｉｔｙ"},
}

func drawGrant(t *rapid.T) *grant {
	return &grant{
		day:      events.NewDay(rapid.IntRange(1990, 2017).Draw(t, "year"), 1, rapid.IntRange(1, 365).Draw(t, "day")),
		kind:     rapid.SampledFrom([]string{"national", "region", "city"}).Draw(t, "kind"),
		count:    rapid.IntRange(1, 9999).Draw(t, "count"),
		partners: rapid.SliceOfN(rapid.SampledFrom([]string{"甲公司", "乙合作社", "Foo, Ltd", "丙“院”"}), 1, 3).Draw(t, "partners"),
		yuan:     events.Money(rapid.Int64Range(0, 9_999_999_999).Draw(t, "fen")),
	}
}

func spellDay(t *rapid.T, d events.Day) string {
	y, m, day := d.Date()
	return rapid.SampledFrom([]string{
		d.String(), fmt.Sprintf("%d-%d-%d", y, m, day), fmt.Sprintf("%d/%d/%d", y, m, day), fmt.Sprintf("%d.%02d.%02d", y, m, day), fmt.Sprintf("%d%02d%02d", y, m, day),
		fmt.Sprintf("%d年%d月%d日", y, m, day), fmt.Sprintf(" %d 年 %d 月 %d 日 ", y, m, day), wide(fmt.Sprintf("%d-%d-%d", y, m, day)), d.String() + " 09:30:00",
		fmt.Sprintf("%d年%d月%d日（星期一）", y, m, day), strconv.Itoa(int(d - events.NewDay(1899, 12, 30))),
	}).Draw(t, "spelling of the day")
}

// spellMoney writes an amount for a column in 元, or in 万元 if wan is set.
func spellMoney(t *rapid.T, m events.Money, wan bool) string {
	yuan := m.String()
	ways := []string{yuan + "元", "￥" + yuan, grouped(yuan, ",") + "元", grouped(yuan, " ") + " 元", "人民币" + yuan + "元整", moved(yuan, 4) + "万元", moved(yuan, 4) + "万", moved(yuan, 8) + "亿", wide(yuan) + "元"}
	plain := yuan
	if wan {
		plain = moved(yuan, 4)
	}
	return rapid.SampledFrom(append(ways, plain, wide(plain), " "+plain+" ", "+"+plain)).Draw(t, "spelling of the amount")
}

func spellCount(t *rapid.T, n int) string {
	s := strconv.Itoa(n)
	return rapid.SampledFrom([]string{s, s + "项", s + " 个", wide(s), grouped(s, ","), s + ".0", moved(s, 4) + "万"}).Draw(t, "spelling of the number")
}

func spellList(t *rapid.T, list []string) string {
	return strings.Join(list, rapid.SampledFrom([]string{"；", ";", "、", "\n", " ；\n", "; "}).Draw(t, "separator"))
}

// wide writes ASCII in full width.
func wide(s string) string {
	return strings.Map(func(r rune) rune { return r - '!' + '！' }, s)
}

// grouped separates thousands.
func grouped(s, by string) string {
	whole, frac, point := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + by + whole[i:]
	}
	if point {
		return whole + "." + frac
	}
	return whole
}

// moved moves the point to the left.
func moved(s string, places int) string {
	whole, frac, _ := strings.Cut(s, ".")
	whole = strings.Repeat("0", places+1) + whole
	at := len(whole) - places
	if whole = strings.TrimLeft(whole[:at], "0") + "." + whole[at:] + frac; whole[0] == '.' {
		whole = "0" + whole
	}
	return whole
}

// However a row is written that means one thing, it is one event.
func TestAnySpellingIsTheSameEvent(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := drawGrant(rt)
		wan := rapid.Bool().Draw(rt, "in 万元")
		money := "申报资金(元)"
		if wan {
			money = rapid.SampledFrom([]string{"申报资金（万元）", "申报资金/万元", "申报资金:万元*"}).Draw(rt, "title")
		}
		titles := []string{"申报日期", "项目级别", "项数", money, "合作单位"}
		cells := []string{
			spellDay(rt, g.day), rapid.SampledFrom(levels[g.kind]).Draw(rt, "level"), spellCount(rt, g.count), spellMoney(rt, g.yuan, wan), spellList(rt, g.partners),
		}
		order := rapid.Permutation([]int{0, 1, 2, 3, 4}).Draw(rt, "order")
		name, text := "项目申报.csv", ""
		if rapid.IntRange(0, 9).Draw(rt, "file") == 0 {
			name, text = "项目申报.xlsx", asBook(t, titles, cells, order)
		} else {
			text = asCSV(rt, titles, cells, order)
		}
		if got := facts(readText(t, name, text, sheets.Options{Type: "ProjectSubmitted"})); len(got) != 1 || got[0] != g.event() {
			rt.Fatalf("%q\n%q are\n%v, want\n%s", titles, cells, readText(t, name, text, sheets.Options{Type: "ProjectSubmitted"}), g.event())
		}
	})
}

func asCSV(t *rapid.T, titles, cells []string, order []int) string {
	comma := rapid.SampledFrom([]string{",", ";", "\t"}).Draw(t, "comma")
	end := rapid.SampledFrom([]string{"\n", "\r\n"}).Draw(t, "line end")
	var b strings.Builder
	for _, row := range [][]string{titles, cells} {
		for i, c := range order {
			if i > 0 {
				b.WriteString(comma)
			}
			b.WriteString(`"` + strings.ReplaceAll(row[c], `"`, `""`) + `"`)
		}
		b.WriteString(end)
	}
	switch rapid.SampledFrom([]string{"utf-8", "mark", "gb18030"}).Draw(t, "encoding") {
	case "mark":
		return "\ufeff" + b.String()
	case "gb18030":
		s, err := simplifiedchinese.GB18030.NewEncoder().String(b.String())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	return b.String()
}

func asBook(tb testing.TB, titles, cells []string, order []int) string {
	b := newBook(tb, "项目申报")
	for i, c := range order {
		for n, row := range [][]string{titles, cells} {
			name, _ := excelize.CoordinatesToCellName(i+1, n+1)
			b.must(b.SetCellStr(b.sheet, name, row[c]))
		}
	}
	return string(b.bytes())
}

func TestATimeOfAnotherZoneTellsItsDay(t *testing.T) {
	for when, want := range map[string]string{
		"2018-02-04T23:30:00Z":      "2 ~ 1 time: 2018-02-04T23:30:00Z = 2018-02-05",
		"2018-02-05T23:30:00+08:00": "",
	} {
		got := readText(t, "x.csv", "培训日期,培训人次\n"+when+",30\n", sheets.Options{Type: "EnvoyTrainingHeld"})
		if len(got) < 2 || !strings.Contains(got[1], `"time":"`+when+`"`) || strings.Join(got[2:], "\n") != want {
			t.Errorf("%s:\n%s\nwant %s", when, strings.Join(got, "\n"), want)
		}
	}
}
