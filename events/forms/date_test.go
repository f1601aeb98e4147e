package forms

import (
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events"
)

func TestDatesAsPeopleWriteThem(t *testing.T) {
	for _, s := range []string{
		"2018-03-05", "2018-3-5", "2018/3/5", "2018/03/05", "2018.3.5", "20180305", "2018年3月5日", "2018年03月05日", "2018年3月5号", "2018 年 3 月 5 日",
		"２０１８年３月５日", "２０１８－３－５", "２０１８／３／５", "2018-03-05 星期一", "2018年3月5日（周一）", "2018年3月5日星期一", "Mon 2018-03-05", "2018-03-05 (Monday)",
		"2018-03-05 09:30", "2018/3/5 9:30:00", "2018-03-05T09:30:00", "2018-03-05T00:00:00.000", "2018年3月5日9时30分", "2018年3月5日 上午9时", "2018年3月5日下午3点30分",
		" 2018-03-05 ", "\ufeff2018-03-05",
	} {
		if got, ok := PlainDate(s); got != "2018-03-05" || !ok {
			t.Errorf("PlainDate(%q) = %q, %v", s, got, ok)
		}
	}
}

func TestDaysThatCanBeToldFromMonths(t *testing.T) {
	for in, want := range map[string]string{"25/3/2018": "2018-03-25", "3/25/2018": "2018-03-25", "3/3/2018": "2018-03-03", "25.3.2018": "2018-03-25"} {
		if got, ok := PlainDate(in); got != want || !ok {
			t.Errorf("PlainDate(%q) = %q, %v, want %s", in, got, ok, want)
		}
	}
}

func TestWhatIsNoDaySaysWhy(t *testing.T) {
	for _, tt := range []struct{ in, zh, en string }{
		{"3/5/2018", "可能是 2018 年 3 月 5 日，也可能是 5 月 3 日", "may be 5 March or 3 May 2018; write it as 2018-03-05"},
		{"2018年3月", "只有月份", "a month and no day"},
		{"2018年3月份", "只有月份", "a month and no day"},
		{"2018-03", "只有月份", "a month and no day"},
		{"2018.3", "只有月份", "a month and no day"},
		{"18-3-5", "年份不是四位", "no year of four digits"},
		{"3/5/18", "年份不是四位", "no year of four digits"},
		{"18年3月5日", "年份不是四位", "no year of four digits"},
		{"3月5日", "没有年份", "has no year"},
		{"2018", "不是日期", "is no date"},
		{"2018年", "不是日期", "is no date"},
		{"2018-3-1 5", "不是日期", "is no date"}, // and not 15 March
		{"2018-3/5", "不是日期", "is no date"},
		{"2018-03-001", "不是日期", "is no date"},
		{"2018-03-01T00:00:00Z", "不是日期", "is no date"}, // the day depends on the zone
		{"2018-03-01 至 2018-03-31", "不是日期", "is no date"},
		{"31/31/2018", "不是日期", "is no date"},
		{"today", "不是日期", "is no date"},
		{"", "不是日期", "is no date"},
	} {
		got, fault := readDate(tt.in)
		if got != "" || !strings.Contains(fault.ZH, tt.zh) || !strings.Contains(fault.EN, tt.en) {
			t.Errorf("readDate(%q) = %q, %q, %q, want %q, %q", tt.in, got, fault.ZH, fault.EN, tt.zh, tt.en)
		}
	}
}

func TestSerialsAreDays(t *testing.T) {
	for _, tt := range []struct {
		in   string
		from bool
		want string
	}{
		{"43164", false, "2018-03-05"}, {"43164.9999", false, "2018-03-05"}, {"41702", true, "2018-03-05"}, {"32874", false, "1990-01-01"},
		{"32873", false, ""}, {"99999", false, ""}, {"4316", false, ""}, {"431640", false, ""}, {"-43164", false, ""}, {"", false, ""},
	} {
		got, ok := Serial(tt.in, tt.from)
		if !ok {
			got = ""
		}
		if got != tt.want {
			t.Errorf("Serial(%q, %v) = %q, want %q", tt.in, tt.from, got, tt.want)
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2018-3-5", "2018年3月5日 星期一", "20180305", "3/5/2018", "2018-03-05T09:30:00", "２０１８．３．５"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, fault := readDate(s)
		if (got == "") == (fault == events.Text{}) {
			t.Fatalf("readDate(%q) = %q with the fault %v", s, got, fault)
		}
		if again, ok := PlainDate(got); got != "" && (!ok || again != got) {
			t.Errorf("%q is read as %q, which is read as %q, %v", s, got, again, ok)
		}
	})
}
