package sheets_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events/sheets"
)

// TestTwoColumnsOfOneField reads sheets in which two columns name the same field. Where they differ nothing is guessed.
func TestTwoColumnsOfOneField(t *testing.T) {
	const differ = `! 3 data.attendees: columns 2 and 3 are both "Attendances", and differ in this row; remove one of them, or give it another title`
	for _, tt := range []struct {
		name, typ, text string
		want            []string // below the header
	}{
		{"that say the same, in their own ways", "EnvoyTrainingHeld", "培训日期,培训人次,培训人次\n2018-03-05,42,４２\n", []string{`2 {"attendees":42}`}},
		{"of which one says nothing", "EnvoyTrainingHeld", "培训日期,培训人次,培训人次\n2018-03-05,42,\n", []string{`2 {"attendees":42}`}},
		{"that differ", "EnvoyTrainingHeld", "培训日期,培训人次,培训人次\n2018-03-05,42,43\n", []string{"2 " + differ}},
		{"of which the first says nothing", "EnvoyTrainingHeld", "培训日期,培训人次,培训人次\n2018-03-05,,43\n", []string{"2 " + differ, "2 ! 2 data.attendees: Attendances is missing"}},
		{"in different units, of the same amount", "SubsidyApplied", "申报日期,企业编号,补助类别,申报金额,申报金额（万元）\n2018-03-05,E1,rd,20000,2\n",
			[]string{`2 {"enterprise_id":"E1","kind":"rd","requested_yuan":"20000.00"}`}},
		{"in different units, of different amounts", "SubsidyApplied", "申报日期,企业编号,补助类别,申报金额,申报金额（万元）\n2018-03-05,E1,rd,20000,3\n",
			[]string{`2 ! 5 data.requested_yuan: columns 4 and 5 are both "Requested, yuan", and differ in this row; remove one of them, or give it another title`}},
		{"of which one is what people call it", "EnvoyTrainingHeld", "培训日期,日期,培训人次\n2018-03-05,2018-03-06,42\n", []string{`2 {"attendees":42}`}},
		{"that hold remarks", "EnvoyTrainingHeld", "培训日期,培训人次,备注,备注\n2018-03-05,42,甲,乙\n", []string{`2 {"attendees":42,"note":"甲"}`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, line := range readText(t, "x.csv", tt.text, sheets.Options{Type: tt.typ})[1:] {
				if strings.Contains(line, " ~ ") {
					continue
				}
				if head, event, ok := strings.Cut(line, " {"); ok {
					_, data, _ := strings.Cut(event, `"data":`)
					line = head + " " + strings.TrimSuffix(data, "}")
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
		})
	}
}
