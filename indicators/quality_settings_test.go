package indicators_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/indicators"
)

func TestSettingsOfQuality(t *testing.T) {
	for _, tt := range []struct {
		name, yaml string
		want       indicators.QualitySettings
	}{
		{"none", "", indicators.QualitySettings{MaxAttendees: 500, LeastAmount: 100_00}},
		{"nothing off", "quality: {off: []}", indicators.QualitySettings{MaxAttendees: 500, LeastAmount: 100_00}},
		{"all", "quality:\n  off: [DQ-20, DQ-02]\n  max_attendees: 80\n  least_yuan: 0\n", indicators.QualitySettings{Off: []string{"DQ-02", "DQ-20"}, MaxAttendees: 80}},
	} {
		plan := goodPlan(t)
		plan["plan.yaml"] = &fstest.MapFile{Data: []byte(string(plan["plan.yaml"].Data) + tt.yaml)}
		got := mustLoad(t, plan).Quality
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		for _, rule := range indicators.QualityRules() {
			if got.On(rule) == strings.Contains(tt.yaml, rule) {
				t.Errorf("%s: On(%s) = %v", tt.name, rule, got.On(rule))
			}
		}
	}
}

// The default plan has every rule on, and says so.
func TestSettingsOfQualityInTheDefaultPlan(t *testing.T) {
	if got := mustLoad(t, os.DirFS("../deploy/plan")).Quality; len(got.Off) > 0 || got.MaxAttendees != 500 || got.LeastAmount != 100_00 {
		t.Errorf("Quality = %+v", got)
	}
}
