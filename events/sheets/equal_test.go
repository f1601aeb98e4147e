package sheets_test

import (
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events/sheets"
)

// nths returns the number of each event of a file among those that say the same.
func nths(list []string) string {
	var b strings.Builder
	for _, e := range facts(list) {
		_, n, ok := strings.Cut(e, `"nth":`)
		if !ok {
			n = "1,"
		}
		b.WriteString(n[:strings.IndexByte(n, ',')])
	}
	return b.String()
}

func TestRowsThatSayTheSameAreNumbered(t *testing.T) {
	for _, tt := range []struct{ name, file, text, want string }{
		{"the same row", "科技培训.csv", "培训日期,培训人次,培训内容\n2018-02-05,30,a\n2018-02-05,30,b\n2018-02-05,30,a\n2018-02-05,30,a\n", "1123"},
		{"the same, written in other ways", "科技培训.csv", "培训日期,培训人次,培训内容\n2018-02-05,30,Café\n2018年2月5日,30人次, Cafe\u0301 \n2018/2/5,三十,Café\n", "123"},
		{"amounts in other ways", "企业走访.csv", "日期,走访内容,走访家次\n2018-02-05,a,\n2018-02-05,a,不详\n2018-02-05,a,\n", "112"},
		{"the default unit, said or not", "科技培训.csv", "培训日期,培训人次,org,source\n2018-02-05,30,,\n2018-02-05,30,钦北区,\n2018-02-05,30,450703,kaohe:450703\n2018-02-05,30,450700,\n", "1231"},
		{"a time of the same day", "科技培训.csv", "培训日期,培训人次\n2018-02-05,30\n2018-02-05T09:00:00+08:00,30\n2018-02-04T20:00:00Z,30\n2018-02-04T10:00:00Z,30\n", "1231"},
		{"other sources", "科技培训.csv", "培训日期,培训人次,source\n2018-02-05,30,a\n2018-02-05,30,b\n", "11"},
		{"ids go before", "科技培训.csv", "培训日期,培训人次,id\n2018-02-05,30,a\n2018-02-05,30,a\n2018-02-05,30,\n", "111"},
		{"what identifies an event goes before", "高企认定.csv", "发证日期,企业编号,证书编号,类型\n2018-02-05,E,GR1,first\n2018-02-05,E,GR1,first\n", "11"},
		{"what identifies an event, but for some of it", "补助申报.csv", "申报日期,补助类别,申报金额,补助编号\n2018-02-05,rd,1,\n2018-02-05,rd,1,\n2018-02-05,rd,1,S\n2018-02-05,rd,1,S\n", "1211"},
		{"what identifies an event by default", "村名录登记.csv", "日期,村编号,名录\n2018-02-05,V,13FYP\n2018-02-05,V,13FYP\n", "11"},
		{"rows with faults are not counted", "科技培训.csv", "培训日期,培训人次\n2018-02-05,30\n2018-02-05,x\n2018-02-05,30\n", "12"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := readText(t, tt.file, tt.text, sheets.Options{})
			if nths(got) != tt.want {
				t.Errorf("numbers are %s, want %s:\n%s", nths(got), tt.want, strings.Join(got, "\n"))
			}
			diff(t, readText(t, tt.file, tt.text, sheets.Options{}), got...) // and the same again
		})
	}
}

func TestSheetsOfAWorkbookAreNumberedTogether(t *testing.T) {
	b := newBook(t, "科技培训")
	_, err := b.NewSheet("科技培训 (2)")
	b.must(err)
	for _, b.sheet = range []string{"科技培训", "科技培训 (2)"} {
		b.row(1, "培训日期", "培训人次")
		b.row(2, "2018-02-05", 30)
	}
	if got := nths(b.read(sheets.Options{})); got != "12" {
		t.Errorf("numbers are %s, want 12", got)
	}
}
