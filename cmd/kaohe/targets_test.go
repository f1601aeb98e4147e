package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/indicators"
	"github.com/kaohe/kaohe/indicators/api"
)

func someTargets() *api.Targets {
	n := func(n int64, places int) indicators.Number { return indicators.NewNumber(n, places) }
	word := func(position string, value indicators.Number, basis string, plan ...indicators.Number) api.Wording {
		return api.Wording{Position: position, Value: value, Basis: basis, QuarterlyPlan: plan}
	}
	qinbei, paid := events.Text{ZH: "钦北区", EN: "Qinbei"}, events.Text{ZH: "拨付", EN: "Paid"}
	first := word("3-1", n(1200000, 0), "flow", n(0, 0), n(300000, 0), n(600000, 0), n(1200000, 0))
	return &api.Targets{
		Org: "450700", OrgName: events.Text{ZH: "钦州市", EN: "Qinzhou"}, Year: 2018, AsOf: "2018-06-30",
		Targets: []api.Target{
			{Org: "450700", OrgName: events.Text{ZH: "钦州市", EN: "Qinzhou"}, Indicator: "share", Name: events.Text{ZH: "占比", EN: "Share"},
				Units: events.Text{ZH: "%", EN: "%"}, Set: "2018-01-10", From: "2018-01-01", InForce: true, Wording: word("2-0", n(9995, 2), "stock"),
				Illustrative: true, By: "li", Source: "s", ID: "1", Reason: "示例"},
			{Org: "450703", OrgName: qinbei, Indicator: "paid", Name: paid, Units: events.Text{ZH: "元", EN: "yuan"}, Money: true, Set: "2018-01-12", From: "2018-01-01",
				Wording: first, By: "s", Source: "s", ID: "2", Document: "12号文"},
			{Org: "450703", OrgName: qinbei, Indicator: "paid", Name: paid, Units: events.Text{ZH: "元", EN: "yuan"}, Money: true, Set: "2018-05-02", From: "2018-05-02", InForce: true,
				Wording: word("9-0", n(85, 1), "growth"), Before: &first, Due: "2018-11-30", By: "s", Source: "s", ID: "3", Document: "30号文", Reason: "汛情"},
		},
	}
}

func TestTargetsOutput(t *testing.T) {
	for _, tt := range []struct {
		name   string
		lang   events.Lang
		output string
		want   string
	}{
		{"a table in Chinese", events.Chinese, "table", `钦州市（450700） 2018 年目标，标“有效”的为 2018-06-30 所用
指标          单位     原定     目标  口径      季度累计计划                     有效  下达        起算        下达人  位置  依据
占比          %               99.95*  总量达到                                   有效  2018-01-10  2018-01-01  li      2-0   示例
钦北区：拨付  元             120万元  全年完成  0元 / 30万元 / 60万元 / 120万元        2018-01-12  2018-01-01  s       3-1   12号文
钦北区：拨付  元    120万元     8.5%  增长                                       有效  2018-05-02  2018-05-02  s       9-0   30号文；汛情
* 示例目标，并非下达的目标
`},
		{"a table in English", events.English, "table", `Qinzhou (450700) targets for 2018, in force as of 2018-06-30
indicator     unit            before            target  basis        quarterly plan                                           in force  set         from        by  position  why
Share         %                                 99.95*  level                                                                 yes       2018-01-10  2018-01-01  li  2-0       示例
Qinbei: Paid  yuan                    1.2 million yuan  in the year  0 yuan / 300,000 yuan / 600,000 yuan / 1.2 million yuan            2018-01-12  2018-01-01  s   3-1       12号文
Qinbei: Paid  yuan  1.2 million yuan              8.5%  growth                                                                yes       2018-05-02  2018-05-02  s   9-0       30号文; 汛情
* illustrative target; nobody issued it
`},
		{"CSV", events.Chinese, "csv", `org,org_name_zh,org_name_en,year,indicator,name_zh,name_en,unit_zh,unit_en,position,set,effective_from,in_force,value,basis,quarterly_plan,before_position,before_value,before_basis,due,illustrative,by,source,id,document,reason,corrections
450700,钦州市,Qinzhou,2018,share,占比,Share,%,%,2-0,2018-01-10,2018-01-01,true,99.95,stock,,,,,,true,li,s,1,,示例,
450703,钦北区,Qinbei,2018,paid,拨付,Paid,元,yuan,3-1,2018-01-12,2018-01-01,false,1200000,flow,0 300000 600000 1200000,,,,,false,s,s,2,12号文,,
450703,钦北区,Qinbei,2018,paid,拨付,Paid,元,yuan,9-0,2018-05-02,2018-05-02,true,8.5,growth,,3-1,1200000,flow,2018-11-30,false,s,s,3,30号文,汛情,
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			body, err := encodeJSON(someTargets())
			if err != nil {
				t.Fatal(err)
			}
			c, out := screen(tt.lang)
			if err := c.showTargets(body, showing{output: tt.output}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, out.String()); diff != "" {
				t.Errorf("targets (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoTargets(t *testing.T) {
	for lang, want := range map[events.Lang]string{
		events.Chinese: "钦北区（450703） 2019 年目标，标“有效”的为 2018-06-30 所用\n没有下达过目标；用 kaohe emit TargetSet 下达\n",
		events.English: "Qinbei (450703) targets for 2019, in force as of 2018-06-30\nno target was set; kaohe emit TargetSet sets one\n",
	} {
		c, out := screen(lang)
		c.targetsTable(&api.Targets{Org: "450703", OrgName: events.Text{ZH: "钦北区", EN: "Qinbei"}, Year: 2019, AsOf: "2018-06-30"})
		if out.String() != want {
			t.Errorf("%s: %q, want %q", lang, out, want)
		}
	}
}
