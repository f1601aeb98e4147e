package indicators_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/kaohe/kaohe/indicators"
)

func TestPortionsAreBounded(t *testing.T) {
	number := func(n int64) indicators.Number { return indicators.NewNumber(n, 0) }
	members := map[string]indicators.Number{
		"city": number(5), "region": number(-7), "district": number(1), "national": number(5),
		indicators.OtherPortions: number(2), strings.Repeat("长", 43): number(4),
	}
	f := indicators.Figure{Breakdown: map[string]map[string]indicators.Number{
		"level": members, "kind": {"none": number(3)}, "even": {"a": number(2), "b": number(1), "c": number(-1)},
	}}
	var got []string
	for _, p := range f.Portions(3) {
		got = append(got, fmt.Sprintf("%s/%s=%s", p.Dimension, p.Member, p.Value))
	}
	want := "even/a=2 even/b=1 even/c=-1 kind/none=3 level/city=5 level/national=5 level/region=-7 level/(other)=7"
	if strings.Join(got, " ") != want {
		t.Errorf("Portions(3) = %s, want %s", strings.Join(got, " "), want)
	}
	got = nil
	for _, p := range f.Portions(1) {
		got = append(got, fmt.Sprintf("%s/%s=%s", p.Dimension, p.Member, p.Value))
	}
	want = "even/a=2 kind/none=3 level/region=-7 level/(other)=17" // what cancels out is no part
	if strings.Join(got, " ") != want {
		t.Errorf("Portions(1) = %s, want %s", strings.Join(got, " "), want)
	}
}
