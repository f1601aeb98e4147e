package app_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/kaohe/kaohe/events/access"
	"github.com/kaohe/kaohe/events/natslog"
)

// Attempts of an org's token to do something for another org, over NATS.
func TestATokenIsForItsOrgOnly(t *testing.T) {
	t.Parallel()
	r := startNATS(t)
	open, _ := r.connect(t)
	if status, receipt := emit(t, open, "["+training("450702", "theirs")+","+training("450703", "ours")+"]"); status != "200" {
		t.Fatalf("emit = %s %+v", status, receipt)
	}
	clerk, errs := r.connect(t, nats.Token(r.token(t, "钦北区", "450703", access.All)))
	control := func(typ, org, data string) string {
		return fmt.Sprintf(`{"specversion":"1.0","type":%q,"source":"test:clerk","time":"2018-04-01","org":%q,"data":%s}`, typ, org, data)
	}
	target := `{"target_source":"test:450702","target_id":"theirs","reason":"错了"`
	for _, tt := range []struct{ name, endpoint, payload, status string }{
		{"emit", "emit", training("450702", "x"), "403"},
		{"emit for the unit above", "emit", training("450700", "x"), "403"},
		{"emit under another's name", "emit", strings.Replace(training("450703", "x"), "test:450703", "kaohe:450702", 1), "403"},
		{"emit all or nothing for trial", "emit", training("450702", "x"), "403"},
		{"void", "emit", control("EventVoided", "450703", target+"}"), "422"},
		{"void for them", "emit", control("EventVoided", "450702", target+"}"), "403"},
		{"correct", "emit", control("EventCorrected", "450703", target+`,"patch":{"data":{"attendees":1}}}`), "422"},
		{"move one's own event to them", "emit", control("EventCorrected", "450703", `{"target_source":"test:450703","target_id":"ours","reason":"错了","patch":{"org":"450702"}}`), "403"},
		{"set a target", "emit", control("TargetSet", "450702", `{"indicator":"conversions","year":2018,"value":"1"}`), "403"},
		{"report nothing", "emit", control("NilReported", "450702", `{"indicator":"conversions","period":"2018Q1"}`), "403"},
		{"close", "emit", control("PeriodClosed", "450702", `{"period":"2018Q1"}`), "403"},
		{"close above", "emit", control("PeriodClosed", "450700", `{"period":"2018Q1"}`), "403"},
		{"bring a plan into force", "emit", control("PlanActivated", "450703", `{"archive":"eA==","hash":"x"}`), "422"},
		{"scorecard", "scorecard", `{"org":"450702"}`, "403"},
		{"scorecard above", "scorecard", `{"org":"450700"}`, "403"},
		{"explain", "explain", `{"org":"450702","indicator":"conversions"}`, "403"},
		{"targets", "targets", `{"org":"450702"}`, "403"},
		{"restatement", "restatement", `{"org":"450702","quarter":"2018Q1"}`, "403"},
		{"an event by its position", "event", `{"position":"2-0"}`, "404"},
		{"an event by its identity", "event", `{"source":"test:450702","id":"theirs"}`, "404"},
	} {
		if status, body := request(t, clerk, tt.endpoint, tt.payload); status != tt.status {
			t.Errorf("%s = %s %s, want %s", tt.name, status, body, tt.status)
		}
	}
	if end, err := r.End(t.Context()); err != nil || end != 2 {
		t.Errorf("the log has %d commits, %v: something was recorded", end, err)
	}
	for _, subject := range []string{
		">", "kaohe.>", "kaohe.event.>", "kaohe.event.*.450000.450700.450702", "kaohe.event.*.450000.450700.450702.>", "kaohe.event.*.450000.450700.>",
		"kaohe.event.*.450000.>", "kaohe.event.*.*.*.*", "kaohe.event.EnvoyTrainingHeld", "kaohe.v1.emit", "kaohe.v1.>", "$SRV.>", natslog.Subject,
	} {
		if _, err := clerk.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
		wantForbidden(t, errs, "subscribe "+subject)
	}
	for _, subject := range []string{natslog.Subject, "$JS.API.INFO", "$JS.API.STREAM.DELETE.KAOHE_LOG", "kaohe.event.EnvoyTrainingHeld.450000.450700.450703", "$SYS.REQ.SERVER.PING"} {
		if err := clerk.Publish(subject, []byte("[\n{}\n]")); err != nil {
			t.Fatal(err)
		}
		wantForbidden(t, errs, "publish "+subject)
	}
	if status, receipt := emit(t, clerk, training("450703", "x")); status != "200" || receipt.New != 1 {
		t.Errorf("its own event = %s %+v, want new", status, receipt)
	}
	if _, body := request(t, clerk, "event", `{"source":"test:450703","id":"x"}`); !strings.Contains(body, `"principal":"钦北区"`) {
		t.Errorf("the event does not say who recorded it: %s", body)
	}
	if status, body := request(t, clerk, "scorecard", ``); status != "200" || !strings.Contains(body, `"450703"`) {
		t.Errorf("its own scorecard = %s %.200s", status, body)
	}
}

func wantForbidden(t *testing.T, errs <-chan error, what string) {
	t.Helper()
	select {
	case err := <-errs:
		if !errors.Is(err, nats.ErrPermissionViolation) {
			t.Errorf("%s: %v, want a permission violation", what, err)
		}
	case <-time.After(natsWait):
		t.Errorf("%s is not refused", what)
	}
}

func TestATokenDoesWhatItMayOnly(t *testing.T) {
	t.Parallel()
	r := startNATS(t)
	reader, _ := r.connect(t, nats.Token(r.token(t, "reader", "450703", access.Read)))
	if status, _ := emit(t, reader, training("450703", "x")); status != "403" {
		t.Errorf("a reader's event = %s, want 403", status)
	}
	sender, errs := r.connect(t, nats.UserInfo("anybody", r.token(t, "sender", "450703", access.Emit)))
	if status, _ := emit(t, sender, training("450703", "x")); status != "200" {
		t.Errorf("a sender's event = %s, want 200", status)
	}
	if status, _ := request(t, sender, "scorecard", ""); status != "403" {
		t.Errorf("a sender's question = %s, want 403", status)
	}
	if _, err := sender.SubscribeSync("kaohe.event.*.450000.450700.450703"); err != nil {
		t.Fatal(err)
	}
	wantForbidden(t, errs, "to listen without read")
}

func TestARevokedTokenIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	r := startNATS(t)
	anybody, _ := r.connect(t, nats.MaxReconnects(1))
	secret := r.token(t, "clerk", "450703", access.All)
	clerk, _ := r.connect(t, nats.Token(secret))
	if status, _ := request(t, clerk, "scorecard", ""); status != "200" {
		t.Fatalf("scorecard = %s, want 200", status)
	}
	if m, err := anybody.Request("kaohe.v1.scorecard", nil, natsWait); err == nil && m.Header.Get("Kaohe-Status") != "401" {
		t.Errorf("whoever does not say who they are is still answered: %v", m.Header)
	}
	if _, err := r.store.Revoke("clerk"); err != nil {
		t.Fatal(err)
	}
	if m, err := clerk.Request("kaohe.v1.scorecard", nil, natsWait); err == nil && m.Header.Get("Kaohe-Status") != "401" {
		t.Errorf("a revoked token is still answered: %v", m.Header)
	}
	for name, nc := range map[string]*nats.Conn{"anybody": anybody, "the clerk": clerk} {
		eventually(t, name+" is turned out", func() bool { return nc.IsClosed() || nc.IsReconnecting() })
	}
	for name, opt := range map[string]nats.Option{"nobody": nats.Name("x"), "the clerk": nats.Token(secret), "an inventor": nats.Token("kaohe_x_y")} {
		if nc, err := nats.Connect(r.NATSURL(), opt, nats.Timeout(natsWait)); !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("%s connects: %v, %v", name, nc, err)
		}
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(natsWait); !ok(); <-tick.C {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", natsWait, what)
		}
	}
}
