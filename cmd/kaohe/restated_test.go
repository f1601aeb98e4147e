package main

import (
	"encoding/csv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
)

const restatedAnswer = `{
  "org": "450703", "org_name": {"zh": "钦北区", "en": "Qinbei"}, "quarter": "2018Q1", "as_of": "2018-03-31", "through": 19, "plan": "p2", "revision": 1, "revisions": 2,
  "closing": {"position": "12-0", "source": "kaohe:450703", "id": "i", "day": "2018-04-02", "as_of": "2018-03-25", "through": 11, "plan": "p1", "reason": "报表已报", "by": "li"},
  "plan_unreadable": true, "changed": true, "events": 7, "moving": 3,
  "indicators": [{
    "id": "guidances", "name": {"zh": "技术指导", "en": "Guidances"}, "units": {"zh": "次", "en": "times"}, "decimals": 0, "money": false, "changed": true,
    "figures": {
      "quarter_value": {"published": "1064", "current": "1065.5", "difference": "1.5", "causes": {"cutoff": "3.5", "late": "-2"}},
      "quarter_target": {"published": "50", "current": "50", "difference": "0", "causes": {}},
      "quarter_gap": {"published": "-1014", "current": "-1015.5", "difference": "-1.5", "causes": {"cutoff": "-3.5", "late": "2"}},
      "year_value": {"published": "1064", "current": "1065.5", "difference": "1.5", "causes": {"cutoff": "3.5", "late": "-2"}},
      "year_target": {"published": null, "current": "200", "difference": "200", "causes": {"target": "200"}}
    },
    "events": [
      {"position": "13-0", "source": "kaohe:450703", "id": "a", "type": "TargetSet", "title": {"zh": "下达目标", "en": "Target set"}, "day": "2018-04-03", "cause": "target",
       "changes": {"year_target": {"by": "200", "after": "200"}}},
      {"position": "15-2", "source": "kaohe:450703", "id": "b", "type": "NewType", "title": {"zh": "", "en": ""}, "day": "2018-03-03", "cause": "late",
       "changes": {"quarter_value": {"by": "-2", "after": "1065.5"}, "quarter_gap": {"by": "2", "after": "-1015.5"}, "year_value": {"by": "-2", "after": "1065.5"}}}
    ], "more": 3
  }, {
    "id": "funds", "name": {"zh": "资金", "en": "Funds"}, "units": {"zh": "元", "en": "yuan"}, "decimals": 0, "money": true, "new": true, "changed": true,
    "figures": {
      "quarter_value": {"published": null, "current": "130000", "difference": "130000", "causes": {"definition": "130000"}},
      "quarter_target": {"published": null, "current": null, "difference": "0", "causes": {}}, "quarter_gap": {"published": null, "current": null, "difference": "0", "causes": {}},
      "year_value": {"published": null, "current": "130000", "difference": "130000", "causes": {"definition": "130000"}},
      "year_target": {"published": null, "current": null, "difference": "0", "causes": {}}
    },
    "events": [{"position": "14-0", "source": "kaohe:450703", "id": "v", "type": "EventVoided", "title": {"zh": "作废", "en": "Event voided"}, "day": "2018-04-03", "cause": "voided",
       "changes": {"quarter_value": {"by": "-130000", "after": "0"}}}]
  }, {
    "id": "old", "name": {"zh": "旧指标", "en": "Old one"}, "units": {"zh": "", "en": ""}, "decimals": 0, "money": false, "changed": false,
    "figures": {"quarter_value": {"published": "1", "current": "1", "difference": "0", "causes": {}}}, "events": []
  }]
}`

const restatedZH = `
钦北区（450703） 2018Q1 报出的数与现数，现数截至 2018-03-31
报出: 第 1 版（共 2 版），2018-04-02 锁定（12-0），数据截至 2018-03-25: 报表已报
指标                单位  数         报出     口径  截止日  迟到  目标     现数
技术指导            次    本季       1064             +3.5    -2         1065.5
技术指导            次    本季尚差  -1014             -3.5    +2        -1015.5
技术指导            次    本年累计   1064             +3.5    -2         1065.5
技术指导            次    年度目标      —                         +200      200
资金（报出时没有）  元    本季          —  +13万元                       13万元
资金（报出时没有）  元    本年累计      —  +13万元                       13万元
  口径：方案或单位体系改了
  截止日：报出时截至的日子与现在不同
  迟到：锁定后才登记的事实
  目标：下达、更正或作废的目标
其余 1 项与报出的一致
此后登记的事件 7 个，其中影响以上数字的 3 个
注意: 报出时的方案已不能用来重算，“口径”的变动里包括程序的变动

位置  日期        事件      原因  指标      变动                                                           来源与编号
13-0  2018-04-03  下达目标  目标  技术指导  年度目标 +200 → 200                                            kaohe:450703 a
14-0  2018-04-03  作废      作废  资金      本季 -13万元 → 0元                                             kaohe:450703 v
15-2  2018-03-03  NewType   迟到  技术指导  本季 -2 → 1065.5，本季尚差 +2 → -1015.5，本年累计 -2 → 1065.5  kaohe:450703 b
另有 3 条变动未列出，已计入上表
`

const restatedEN = `
Qinbei (450703) 2018Q1 as published and now, as of 2018-03-31
published: revision 1 of 2, closed on 2018-04-02 (12-0), with figures as of 2018-03-25: 报表已报
indicator                  unit   figure         published     definition  cut-off  late  target           now
Guidances                  times  quarter            1,064                    +3.5    -2               1,065.5
Guidances                  times  quarter's gap     -1,014                    -3.5    +2              -1,015.5
Guidances                  times  to date            1,064                    +3.5    -2               1,065.5
Guidances                  times  year's target          —                                  +200           200
Funds (was not published)  yuan   quarter                —  +130,000 yuan                         130,000 yuan
Funds (was not published)  yuan   to date                —  +130,000 yuan                         130,000 yuan
  definition: the plan or the tree of units has changed
  cut-off: the published figures were of another day
  late: facts recorded after the closing
  target: targets that were set, corrected or voided
as they were published: 1 more
events recorded since: 7, of which changed these figures: 3
NOTE: the figures cannot be computed any more by the plan of that time; what the definition changed includes what the software did

position  day         event         cause   indicator  change                                                                   source and id
13-0      2018-04-03  Target set    target  Guidances  year's target +200 → 200                                                 kaohe:450703 a
14-0      2018-04-03  Event voided  voided  Funds      quarter -130,000 yuan → 0 yuan                                           kaohe:450703 v
15-2      2018-03-03  NewType       late    Guidances  quarter -2 → 1,065.5, quarter's gap +2 → -1,015.5, to date -2 → 1,065.5  kaohe:450703 b
3 more changes are not listed; the table above has them
`

// shownRestatement is how an answer of the server looks.
func shownRestatement(t *testing.T, lang events.Lang, answer, output string) string {
	t.Helper()
	widths()
	c, out := screen(lang)
	if err := c.showRestatement([]byte(answer), showing{output: output}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRestatementTable(t *testing.T) {
	for lang, want := range map[events.Lang]string{events.Chinese: restatedZH, events.English: restatedEN} {
		if diff := cmp.Diff(strings.TrimPrefix(want, "\n"), shownRestatement(t, lang, restatedAnswer, "table")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
	}
}

// What is as it was published is said in a sentence, whether all indicators were asked for or one.
func TestRestatementWithoutChanges(t *testing.T) {
	const begin = `{"org": "450703", "org_name": {"zh": "钦北区", "en": "Qinbei"}, "quarter": "2018Q1", "as_of": "2018-03-31", "revision": 1, "revisions": 1,
		"closing": {"position": "12-0", "day": "2018-04-02", "as_of": "2018-03-31"}, "changed": false, "events": 2, "moving": 0, "indicators": [`
	const one = `{"id": "a", "name": {"zh": "甲", "en": "A"}, "figures": {"quarter_value": {"published": "1", "current": "1", "difference": "0", "causes": {}}}, "events": []}`
	for _, tt := range []struct {
		lang         events.Lang
		answer, want string
	}{
		{events.Chinese, begin + one + `]}`, "甲：现数与报出的一致\n此后登记的事件 2 个，其中影响以上数字的 0 个\n"},
		{events.English, begin + one + `]}`, "A: the figures are as they were published\nevents recorded since: 2, of which changed these figures: 0\n"},
		{events.Chinese, begin + one + "," + one + `]}`, "2 项指标的现数都与报出的一致\n"},
		{events.English, begin + one + "," + one + `]}`, "the figures of all 2 indicators are as they were published\n"},
	} {
		got := shownRestatement(t, tt.lang, tt.answer, "table")
		if lines := strings.SplitN(got, "\n", 3); !strings.HasPrefix(lines[2], tt.want) || strings.Contains(got, "position") {
			t.Errorf("%s shows\n%s\nwant %q", tt.lang, got, tt.want)
		}
	}
}

// A defect of the program must not pass for a fact.
func TestRestatementWarnsOfWhatItCannotExplain(t *testing.T) {
	answer := strings.Replace(restatedAnswer, `"causes": {"target": "200"}`, `"causes": {}, "unexplained": "200"`, 1)
	for lang, want := range map[events.Lang]string{
		events.Chinese: "注意: 以下指标的变动未能全部说明，请报告这个程序错误: 技术指导\n",
		events.English: "WARNING: not all changes of these could be explained, please report this defect: Guidances\n",
	} {
		if got := shownRestatement(t, lang, answer, "table"); !strings.Contains(got, want) {
			t.Errorf("%s shows\n%s\nwithout %s", lang, got, want)
		}
	}
}

func TestRestatementCSV(t *testing.T) {
	got := shownRestatement(t, events.English, restatedAnswer, "csv")
	rows, err := csv.NewReader(strings.NewReader(got)).ReadAll()
	if err != nil || len(rows) != 1+3*len(indicators.FollowedFigures) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	const begin = "450703,钦北区,Qinbei,2018Q1,1,2018-03-25,2018-03-31,"
	for _, want := range []string{
		begin + "guidances,技术指导,Guidances,次,times,quarter_value,1064,0,0,3.5,-2,0,0,0,0,,1065.5,1.5,15-2\n",
		begin + "guidances,技术指导,Guidances,次,times,year_target,,0,0,0,0,0,0,200,0,,200,200,13-0\n",
		begin + "funds,资金,Funds,元,yuan,quarter_value,,0,130000,0,0,0,0,0,0,,130000,130000,14-0\n",
		begin + "old,旧指标,Old one,,,quarter_value,1,0,0,0,0,0,0,0,0,,1,0,\n",
	} {
		if !strings.Contains(got, "\n"+want) {
			t.Errorf("missing: %s", want)
		}
	}
	first := 0
	for rows[0][first] != string(indicators.Causes[0]) {
		first++
	}
	for i, cause := range indicators.Causes {
		if rows[0][first+i] != string(cause) {
			t.Errorf("column %s, want %s", rows[0][first+i], cause)
		}
	}
}

func TestEveryCauseAndFigureHasWords(t *testing.T) {
	for _, cause := range indicators.Causes {
		if w := causeWords[cause]; w.word.ZH == "" || w.word.EN == "" || w.means.ZH == "" || w.means.EN == "" {
			t.Errorf("cause %s has no words", cause)
		}
	}
	for _, figure := range indicators.FollowedFigures {
		if w := figureWords[figure]; w.ZH == "" || w.EN == "" {
			t.Errorf("figure %s has no words", figure)
		}
	}
}

// Amounts are written in larger units only where nothing is lost, so that what is shown adds up.
func TestWholeMoney(t *testing.T) {
	for _, tt := range []struct {
		yuan   string
		zh, en bool
	}{
		{"0", true, true}, {"130000", true, true}, {"130000.5", false, true}, {"-1.01", false, true}, {"123456789", false, false},
		{"123000000", true, true}, {"1234567", true, false}, {"1234500", true, true}, {"999999.99", false, true}, {"1230000000", true, true}, {"1234567800", false, false},
	} {
		n, err := indicators.ParseNumber(tt.yuan)
		if err != nil {
			t.Fatal(err)
		}
		if zh, en := wholeMoney(n, events.Chinese), wholeMoney(n, events.English); zh != tt.zh || en != tt.en {
			t.Errorf("%s is written whole: %t in Chinese, %t in English, want %t, %t", tt.yuan, zh, en, tt.zh, tt.en)
		}
	}
	c, _ := screen(events.Chinese)
	w := writing{lang: c.lang, money: true, yuan: true}
	if got := w.change(indicators.NewNumber(1300005, 1)); got != "+130000.50元" {
		t.Errorf("an amount in yuan: %s", got)
	}
}
