package sheets_test

import (
	"strings"
	"testing"

	"github.com/kaohe/kaohe/events/sheets"
)

func TestTheTypeOfASheet(t *testing.T) {
	const text = trainingHead + "2018-02-05,30,水稻种植\n"
	for _, tt := range []struct {
		name, file, text string
		o                sheets.Options
		want             string
	}{
		{"as told", "x.csv", text, sheets.Options{Type: "EnvoyTrainingHeld"}, "2 " + training1},
		{"as told by its title", "x.csv", text, sheets.Options{Type: "科技培训"}, "2 " + training1},
		{"told wrongly", "x.csv", text, sheets.Options{Type: "Training"}, `error there is no type of event "Training"`},
		{"told almost", "x.csv", text, sheets.Options{Type: "EnvoyTrainngHeld"}, `error there is no type of event "EnvoyTrainngHeld", did you mean EnvoyTrainingHeld?`},
		{"by the file's name", "EnvoyTrainingHeld.csv", text, sheets.Options{}, "2 " + training1},
		{"by its Chinese title", "/tmp/科技培训.csv", text, sheets.Options{}, "2 " + training1},
		{"by its English title, with a date", "Envoy training held 2018-02.csv", text, sheets.Options{}, "2 " + training1},
		{"by its Chinese title, with a remark", "科技培训（2018年一季度）.拒收.csv", text, sheets.Options{}, "2 " + training1},
		{"not at all, but its columns tell", "x.csv", text, sheets.Options{}, "2 " + training1},
		{"row by row", "x.csv", "类型,日期,培训人次,补助类别,申报金额,企业编号\n科技培训,2018-02-05,30,,,\nSubsidyApplied,2018-3-5,,rd,1万,E1\n,2018-3-5,,,,\n补助,,,,,\nEnvoyTrainingHeld,2018-02-05,30,rd,,\n", sheets.Options{},
			`2 {"specversion":"1.0","type":"EnvoyTrainingHeld","time":"2018-02-05","data":{"attendees":30}}
3 {"specversion":"1.0","type":"SubsidyApplied","time":"2018-03-05","data":{"enterprise_id":"E1","kind":"rd","requested_yuan":"10000.00"}}
3 ~ 2 time: 2018-3-5 = 2018-03-05
3 ~ 5 data.requested_yuan: 1万 = 10 000.00 元
4 ! 1 type: the type of event is missing
5 ! 1 type: there is no type of event "补助"
6 ! 4 : EnvoyTrainingHeld has no "补助类别", but there is "rd" here`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := readText(t, tt.file, tt.text, tt.o)
			if len(got) > 1 {
				got = got[1:]
			}
			diff(t, got, strings.Split(tt.want, "\n")...)
		})
	}
}

func TestTheLayoutOfASheetOfSeveralTypes(t *testing.T) {
	layout := layoutOf(t, "x.csv", "类型,日期,培训人次,申报金额（万元）,杂\n科技培训,2018-02-05,30,,x\n", sheets.Options{})
	var got []string
	for _, b := range layout.Columns {
		got = append(got, b.Path+" "+b.Note.EN)
	}
	diff(t, got, "time ", "data.attendees ", "data.requested_yuan in 万元: numbers are taken times 10000")
	if len(layout.Unknown) != 1 || layout.Unknown[0].Title != "杂" || layout.Unknown[0].Filled != 1 || layout.Type != "" {
		t.Errorf("unknown are %v, the type is %q", layout.Unknown, layout.Type)
	}
}
