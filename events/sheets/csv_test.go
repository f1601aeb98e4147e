package sheets_test

import (
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/kaohe/kaohe/events/sheets"
)

const (
	trainingHead = "培训日期,培训人次,培训内容\n"
	training1    = `{"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-05","data":{"attendees":30,"topic":"水稻种植"}}`
	training2    = `{"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-06","data":{"attendees":28,"topic":"果树嫁接"}}`
)

func TestTextIsReadInTheEncodingsThatSpreadsheetsWrite(t *testing.T) {
	text := trainingHead + "2018-02-05,30,水稻种植\n2018-02-06,28,果树嫁接\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	little, big := []byte{0xff, 0xfe}, []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(text)) {
		little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
	}
	for _, tt := range []struct{ name, text, encoding, want string }{
		{"UTF-8", text, "", "utf-8"},
		{"UTF-8 with a mark", "\ufeff" + text, "", "utf-8-bom"},
		{"UTF-8 with a mark, whatever is said", "\ufeff" + text, "gb18030", "utf-8-bom"},
		{"GB18030", gb, "", "gb18030"},
		{"GBK by its name", gb, "GBK", "gb18030"},
		{"UTF-16 of a small end", string(little), "", "utf-16le"},
		{"UTF-16 of a big end", string(big), "", "utf-16be"},
		{"UTF-16 without a mark, if that is said", string(little[2:]), "utf-16le", "utf-16le"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := sheets.OpenReader("培训.csv", strings.NewReader(tt.text), sheets.Options{Catalogue: plan(), Type: "EnvoyTrainingHeld", Encoding: tt.encoding})
			if err != nil {
				t.Fatal(err)
			}
			diff(t, facts(outcomes(f)), training1, training2)
			if name, comma := f.Dialect(); name != tt.want || comma != ',' || f.Kind() != sheets.CSV {
				t.Errorf("a %s file in %s with %q, want csv in %s", f.Kind(), name, comma, tt.want)
			}
		})
	}
}

func TestChineseMayComeLate(t *testing.T) {
	head := "time,attendees,topic\n" + strings.Repeat("2018-02-05,30,rice\n", 10_000)
	last, _ := simplifiedchinese.GB18030.NewEncoder().String("2018-02-05,30,水稻种植\n")
	got := readText(t, "EnvoyTrainingHeld.csv", head+last, sheets.Options{})
	diff(t, got[len(got)-1:], "10002 "+training1)
}

func TestTextInAnotherEncodingStopsWithItsLine(t *testing.T) {
	gb, _ := simplifiedchinese.GB18030.NewEncoder().String("2018-02-06,28,果树嫁接\n")
	utf := trainingHead + strings.Repeat("2018-02-05,30,水稻种植\n", 4000)
	for _, tt := range []struct{ name, text, encoding, want string }{
		{"GB18030 below UTF-8", utf + gb, "", "error line 4002: there is something that is not text in utf-8; save the file as UTF-8, or say --encoding gb18030"},
		{"told to be UTF-8", trainingHead + gb, "utf-8", "error line 2: there is something that is not text in utf-8; save the file as UTF-8"},
		{"neither of the two", "topic\n\xff\xff\xff\n", "", "error line 2: there is something that is not text in gb18030; save the file as UTF-8, or say --encoding utf-8"},
		{"a text that was damaged before", trainingHead + gb + "\x84\x31\xa4\x37\n", "gb18030", "error line 1: there is something that is not text in gb18030; save the file as UTF-8"},
		{"UTF-16 without a mark", "a\x00b\x00\n\x00", "", "error line 1: there is a NUL byte; this is no text; if it is UTF-16, say --encoding utf-16le"},
		{"an encoding that is none", "", "latin1", "error unknown encoding latin1; it is one of utf-8, gb18030, utf-16le, utf-16be"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := readText(t, "培训.csv", tt.text, sheets.Options{Type: "EnvoyTrainingHeld", Encoding: tt.encoding})
			diff(t, got[len(got)-1:], tt.want)
		})
	}
}

func TestSeparatorsAreFoundByTheHeader(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		comma      rune
		want       rune
	}{
		{"commas", "培训日期,培训人次,培训内容\n2018-02-05,30,水稻种植\n", 0, ','},
		{"semicolons", "培训日期;培训人次;培训内容\n2018-02-05;30;水稻种植\n", 0, ';'},
		{"tabs", "培训日期\t培训人次\t培训内容\n2018-02-05\t30\t水稻种植\n", 0, '\t'},
		{"bars", "培训日期|培训人次|培训内容\n2018-02-05|30|水稻种植\n", 0, '|'},
		{"a title with more commas above", "注,1,2,3,4,5,6\n培训日期;培训人次;培训内容\n2018-02-05;30;水稻种植\n", 0, ';'},
		{"Excel's own word", "sep=;\r\n培训日期;培训人次;培训内容\r\n2018-02-05;30;水稻种植\r\n", 0, ';'},
		{"told", "培训日期;培训人次;培训内容\n2018-02-05;30;水稻种植\n", ';', ';'},
		{"no line end behind the last line", "培训日期,培训人次,培训内容\n2018-02-05,30,水稻种植", 0, ','},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := sheets.OpenReader("x.csv", strings.NewReader(tt.text), sheets.Options{Catalogue: plan(), Type: "EnvoyTrainingHeld", Comma: tt.comma})
			if err != nil {
				t.Fatal(err)
			}
			diff(t, facts(outcomes(f)), training1)
			if _, comma := f.Dialect(); comma != tt.want {
				t.Errorf("cells are separated by %q, want %q", comma, tt.want)
			}
		})
	}
	if _, err := sheets.OpenReader("x.csv", strings.NewReader(""), sheets.Options{Catalogue: plan(), Comma: 'x'}); err == nil {
		t.Error("x may separate cells")
	}
}

func TestRecordsAreReadAsSpreadsheetsWriteThem(t *testing.T) {
	head := "培训日期,培训人次,培训内容,备注\n"
	for _, tt := range []struct{ name, text, want string }{
		{"quotes", `"2018-02-05","30","水稻, ""优质""",x`, `"attendees":30,"note":"x","topic":"水稻, \"优质\""`},
		{"line ends within quotes", "2018-02-05,30,\"水稻\r\n种植\",\"a\nb\"", `"attendees":30,"note":"a\nb","topic":"水稻\n种植"`},
		{"a quote within a cell", `2018-02-05,30,5" 管,x`, `"attendees":30,"note":"x","topic":"5\" 管"`},
		{"a quote behind which more comes", `2018-02-05,30,"漓源,"粮油,x`, `"attendees":30,"note":"x","topic":"\"漓源,\"粮油"`},
		{"blanks around quotes", `2018-02-05, "30" , "水稻" ,x`, `"attendees":30,"note":"x","topic":"水稻"`},
		{"a short row", `2018-02-05,30`, `"attendees":30`},
		{"empty cells beyond the header", `2018-02-05,30,水稻,,,,`, `"attendees":30,"topic":"水稻"`},
		{"a number kept from becoming one", `2018-02-05,30,="007",'007`, `"attendees":30,"note":"007","topic":"007"`},
		{"blanks of all kinds", "\u3000 2018-02-05\t,\u00a030 ,水稻\u200b , ", `"attendees":30,"topic":"水稻"`},
		{"dashes where there is nothing", `2018-02-05,30,—,/`, `"attendees":30`},
		{"letters in two parts become one", "2018-02-05,30,Cafe\u0301,", `"attendees":30,"topic":"Café"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := facts(readText(t, "科技培训.csv", head+tt.text+"\n", sheets.Options{}))
			diff(t, got, `{"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-05","data":{`+tt.want+`}}`)
		})
	}
}

func TestRecordsThatCannotBeRead(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"more cells than titles", "2018-02-05,30,水稻,油菜,x\n", []string{
			`2 ! 4 : there is "油菜" beyond the last column; what holds a separator needs quotes`,
			`2 ! 5 : there is "x" beyond the last column; what holds a separator needs quotes`}},
		{"a quote that is not closed", "2018-02-05,30,\"水稻\n2018-02-06,28,油菜\n", []string{`2 ! 0 : a quote is not closed: all from here to line 3 is within it`}},
		{"more cells than any sheet has", strings.Repeat(",", 1024) + "\n", []string{`2 ! 0 : more than 1024 cells in a row`}},
		{"a quote that swallows the file", "2018-02-05,30,\"" + strings.Repeat("x\n", 600_000), []string{`error line 2: the record that begins here has more than 1048576 bytes; a quote may not be closed`}},
		{"a line without an end", strings.Repeat("x", 2<<20), []string{`error line 2: the record that begins here has more than 1048576 bytes; a quote may not be closed`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := readText(t, "科技培训.csv", trainingHead+tt.text, sheets.Options{})
			diff(t, got[len(got)-len(tt.want):], tt.want...)
		})
	}
}

func TestRowsOfCSVKeepWhatTheyWere(t *testing.T) {
	f, err := sheets.OpenReader("科技培训.csv", strings.NewReader("一季度\n"+trainingHead+" 2018-2-5 ,\"3\n0\",,\n"), sheets.Options{Catalogue: plan()})
	if err != nil {
		t.Fatal(err)
	}
	var records [][]string
	for r, err := f.Next(); err == nil; r, err = f.Next() {
		records = append(records, r.Record)
	}
	want := [][]string{{"一季度"}, {"培训日期", "培训人次", "培训内容"}, {" 2018-2-5 ", "3\n0", "", ""}}
	if len(records) != 3 || strings.Join(records[2], "|") != strings.Join(want[2], "|") || records[0][0] != want[0][0] || len(records[1]) != 3 {
		t.Errorf("records are %q, want %q", records, want)
	}
}

func TestCSVHasNoSheets(t *testing.T) {
	diff(t, readText(t, "科技培训.csv", trainingHead, sheets.Options{Sheet: "x"}), "error a CSV file has no sheets; leave --sheet out")
}

func TestLinesThatEndAsOnOldMacs(t *testing.T) {
	text := strings.ReplaceAll(trainingHead+"2018-02-05,30,水稻种植\n2018-02-06,28,果树嫁接\n", "\n", "\r")
	diff(t, facts(readText(t, "x.csv", text, sheets.Options{Type: "EnvoyTrainingHeld"})), training1, training2)
	diff(t, facts(readText(t, "x.csv", "sep=;\r"+strings.ReplaceAll(text, ",", ";"), sheets.Options{Type: "EnvoyTrainingHeld"})), training1, training2)
}

// TestAQuoteThatOpensNothingSwallowsNoRows holds that rows that have run together because of a stray quote are refused: they
// would be one fact with a strange text, and the others lost.
func TestAQuoteThatOpensNothingSwallowsNoRows(t *testing.T) {
	const torn = "a quote is not closed, or stands within a text: all from here to line 4 has become one record"
	text := trainingHead + "2018-02-05,30,\"水稻\n2018-02-06,28,果树嫁接\n2018-02-07,9,\"漓源\"粮油\n2018-02-06,28,果树嫁接\n"
	diff(t, readText(t, "x.csv", text, sheets.Options{Type: "EnvoyTrainingHeld"}), "1 - header", "2 ! 0 : "+torn, "5 "+training2)
	within := trainingHead + "2018-02-05,30,\"水稻\n种植\"\n2018-02-06,28,\"漓源\"粮油\n"
	got := readText(t, "x.csv", within, sheets.Options{Type: "EnvoyTrainingHeld"})
	if len(got) != 3 || !strings.Contains(got[1], `"水稻\n种植"`) || !strings.Contains(got[2], `"\"漓源\"粮油"`) {
		t.Errorf("got\n%s\nwant a text of two lines, and one with quotes", strings.Join(got, "\n"))
	}
}

func TestARowThatIsCalledATotalIsNoFact(t *testing.T) {
	head := "培训日期,培训人次,培训内容,备注\n"
	for _, tt := range []struct{ name, row, want string }{
		{"in the first cell", "一季度合计,30,水稻种植,", "2 - total row"},
		{"in the first cell, of a quarter of a year", "2018年第1季度小计：,30,,", "2 - total row"},
		{"behind its day", "2018-02-05,30,合 计,", `2 ! 3 data.topic: "合 计" looks like a row of totals, which are not imported; remove the row, or word it in another way if it is a fact`},
		{"in a remark", "2018-02-05,30,水稻种植,合计", `2 {"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-05","data":{"attendees":30,"note":"合计","topic":"水稻种植"}}`},
		{"as part of a text", "2018-02-05,30,合计方法,", `2 {"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-05","data":{"attendees":30,"topic":"合计方法"}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			diff(t, readText(t, "x.csv", head+tt.row+"\n", sheets.Options{Type: "EnvoyTrainingHeld"})[1:], tt.want)
		})
	}
}
