package access_test

import (
	"context"
	"testing"

	"github.com/kaohe/kaohe/events"
	"github.com/kaohe/kaohe/events/access"
)

func orgs(tb testing.TB) *events.Orgs {
	tb.Helper()
	o, err := events.NewOrgs([]events.Org{
		{Code: "450000"}, {Code: "450700", Parent: "450000"}, {Code: "450702", Parent: "450700"}, {Code: "450703", Parent: "450700"}})
	if err != nil {
		tb.Fatal(err)
	}
	return o
}

func TestWhoMayWhat(t *testing.T) {
	city := access.Principal{Name: "city", Org: "450700", Can: access.Emit | access.Read}
	for _, tt := range []struct {
		name string
		by   access.Principal
		a    access.Ability
		org  string
		want bool
	}{
		{"its own unit", city, access.Emit, "450700", true},
		{"a unit below", city, access.Emit, "450703", true},
		{"several abilities at once", city, access.Emit | access.Read, "450703", true},
		{"one of several is missing", city, access.Emit | access.Target, "450703", false},
		{"an ability that it lacks", city, access.Close, "450700", false},
		{"a unit above", city, access.Read, "450000", false},
		{"a unit that the plan does not have", city, access.Read, "110000", false},
		{"no unit", city, access.Read, "", false},
		{"a principal of a unit that the plan does not have", access.Principal{Org: "110000", Can: access.All}, access.Read, "110000", false},
		{"everywhere", access.Principal{Org: access.Everywhere, Can: access.Read}, access.Read, "450703", true},
		{"everywhere, a unit that is gone", access.Principal{Org: access.Everywhere, Can: access.Read}, access.Read, "110000", true},
		{"everywhere, but not that", access.Principal{Org: access.Everywhere, Can: access.Read}, access.Emit, "450703", false},
		{"nobody", access.Principal{}, access.Read, "450703", false},
		{"nobody, of no unit", access.Principal{Can: access.All}, access.Read, "", false},
		{"somebody on this machine", access.Local, access.All, "450703", true},
	} {
		if got := tt.by.May(tt.a, orgs(t), tt.org); got != tt.want {
			t.Errorf("%s: May() = %t, want %t", tt.name, got, tt.want)
		}
	}
}

func TestMayAllNeedsEachUnit(t *testing.T) {
	by := access.Principal{Org: "450703", Can: access.Read}
	for _, tt := range []struct {
		units []string
		want  bool
	}{{[]string{"450703"}, true}, {[]string{"450703", "450702"}, false}, {nil, false}} {
		if got := by.MayAll(access.Read, orgs(t), tt.units); got != tt.want {
			t.Errorf("MayAll(%v) = %t, want %t", tt.units, got, tt.want)
		}
	}
}

func TestContextCarriesPrincipalAndReport(t *testing.T) {
	if got := access.FromContext(t.Context()); got != (access.Principal{}) {
		t.Errorf("FromContext() of a bare context = %v, want nobody", got)
	}
	if got := access.FromContext(access.NewContext(t.Context(), access.Local)); got != access.Local {
		t.Errorf("FromContext() = %v, want Local", got)
	}
	var got []access.Denial
	ctx := access.WithReport(t.Context(), func(d access.Denial) { got = append(got, d) })
	want := access.Denial{By: "x", Ability: access.Read, Org: "450702"}
	access.Denied(ctx, want)
	access.Denied(context.Background(), want) // to nobody
	if len(got) != 1 || got[0] != want {
		t.Errorf("reported %v, want once %v", got, want)
	}
}

func TestAbilitiesAsWords(t *testing.T) {
	for _, tt := range []struct {
		words []string
		want  string // empty: an error
	}{
		{[]string{"emit"}, "emit"},
		{[]string{" read", "emit"}, "emit,read"},
		{[]string{"close", "target", "read", "emit"}, "emit,read,target,close"},
		{[]string{"emit", "emit"}, ""},
		{[]string{"write"}, ""},
		{[]string{""}, ""},
		{nil, ""},
	} {
		a, err := access.ParseAbilities(tt.words)
		if (err != nil) != (tt.want == "") || a.String() != tt.want {
			t.Errorf("ParseAbilities(%q) = %v, %v, want %q", tt.words, a, err, tt.want)
		}
	}
	if got := (access.Emit | access.Close).Words(); got.ZH != "登记(emit)、锁定报告期(close)" || got.EN != "emit, close" {
		t.Errorf("Words() = %v", got)
	}
}

func TestDenialSaysWhatIsMissing(t *testing.T) {
	by := access.Principal{Name: "李娜", Org: "450703", Can: access.Emit | access.Read}
	got := by.Denies(access.Target, "450702")
	want := events.Text{
		ZH: "令牌 李娜 不能为 450702 下达目标(target)；它只能为 450703 及其下级 登记(emit)、查看(read)",
		EN: "the token 李娜 may not target for 450702; it may emit, read for 450703 and below",
	}
	if got != want {
		t.Errorf("Denies() = %v, want %v", got, want)
	}
	if got := (access.Principal{}).Denies(access.Read, "450702").EN; got != "nobody was authenticated" {
		t.Errorf("Denies() of nobody = %q", got)
	}
}
