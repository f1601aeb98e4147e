package natslog_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/kaohe/kaohe/events/eventtest"
	"github.com/kaohe/kaohe/events/natslog"
)

func TestClientsMayDoLittle(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	nc, errs := h.client(t, nats.Token("token-of-qinnan"))
	for _, subject := range []string{
		natslog.Subject, "kaohe.event.PatentGranted.450000.450700.450703", "$JS.API.INFO", "$JS.API.STREAM.DELETE.KAOHE_LOG",
		"$JS.ACK.KAOHE_LOG.x.1.1.1.1.1", "$SYS.REQ.USER.INFO", "$SYS.REQ.SERVER.PING", "_INBOX.x", "_R_.x", "anything",
	} {
		if err := nc.Publish(subject, []byte("x")); err != nil {
			t.Fatal(err)
		}
		wantViolation(t, errs, subject)
	}
	for _, subject := range []string{
		">", "*.>", "kaohe.>", "kaohe.event.>", "kaohe.event.*.>", "kaohe.event.*.450000.>", "kaohe.event.*.*.450700.450703",
		"kaohe.event.*.450000.450700.450702", "kaohe.event.*.450000.450700.450702.>", "kaohe.event.PatentGranted.450000.450700.450702",
		"kaohe.v1.emit", "kaohe.v1.>", "$SRV.>", "$SRV.PING", natslog.Subject, "$JS.>", "_R_.>", "$SYS.>",
	} {
		if _, err := nc.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
		wantViolation(t, errs, subject)
	}
	if end := eventtest.MustEnd(t, h.Log); end != 0 {
		t.Errorf("the log has %d commits, want none", end)
	}
	eventually(t, "each refusal is counted", func() bool { return h.metric(t, "kaohe_nats_complaints_total") == 28 })
	if n := h.metric(t, "kaohe_log_server_warnings_total"); n != 0 {
		t.Errorf("kaohe_log_server_warnings_total = %v: what clients do is no fault of the server", n)
	}
	if said := h.said.String(); strings.Contains(said, "KAOHE_U") || strings.Count(said, "nats client") != 14 || !strings.Contains(said, "unsaid=1") {
		t.Errorf("the log must not name accounts, and say half of everything, and that the other half is left out:\n%s", said)
	}
}

func wantViolation(t *testing.T, errs <-chan error, subject string) {
	t.Helper()
	select {
	case err := <-errs:
		if !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), `"`+subject+`"`) {
			t.Errorf("%s: %v, want a permission violation", subject, err)
		}
	case <-time.After(wait):
		t.Errorf("%s is not refused", subject)
	}
}

// What is answered to one guest no other can hear, and nobody can speak to another through what the service answers.
func TestGuestsDoNotMeet(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	qinnan, _ := h.client(t, nats.Token("token-of-qinnan"))
	qinbei, errs := h.client(t, nats.Token("token-of-qinbei"))
	spy := value(qinbei.SubscribeSync("_INBOX.>"))(t)
	announced := value(qinnan.SubscribeSync("kaohe.event.*.450000.450700.450703"))(t)
	flush(t, qinnan, qinbei)
	if _, err := qinnan.Request("kaohe.v1.who", []byte("秘密"), wait); err != nil {
		t.Fatal(err)
	}
	// An answer to an announcement's subject stays with who asked for it.
	if err := qinbei.PublishRequest("kaohe.v1.who", "kaohe.event.PatentGranted.450000.450700.450703", nil); err != nil {
		t.Fatal(err)
	}
	if m, err := qinbei.Request("kaohe.v1.who", nil, wait); err != nil || string(m.Data) != "qinbei true" {
		t.Fatalf("Request() = %v, %v, want qinbei", m, err)
	}
	must(t, h.service.Publish("kaohe.event.PatentGranted.450000.450700.450703", []byte("announced")))
	if m, err := announced.NextMsg(wait); err != nil || string(m.Data) != "announced" {
		t.Errorf("NextMsg() = %v, %v, want what was announced and nothing else", m, err)
	}
	if n, _, err := spy.Pending(); err != nil || n != 1 { // its own answer
		t.Errorf("the spy got %d messages, %v, want its own one", n, err)
	}
	select {
	case err := <-errs:
		t.Errorf("qinbei: %v", err)
	default:
	}
}

func flush(t *testing.T, all ...*nats.Conn) {
	t.Helper()
	for _, nc := range all {
		if err := nc.Flush(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestGuestsHearTheirOwnSubtree(t *testing.T) {
	t.Parallel()
	h := openHouse(t)
	nc, errs := h.client(t, nats.Token("token-of-qinnan"))
	all := value(nc.SubscribeSync("kaohe.event.*.450000.450700.450703"))(t)
	below := value(nc.SubscribeSync("kaohe.event.*.450000.450700.450703.>"))(t)
	one := value(nc.SubscribeSync("kaohe.event.PatentGranted.450000.450700.450703"))(t)
	flush(t, nc)
	for _, subject := range []string{
		"PatentGranted.450000.450700.450702", "PatentGranted.450000.450700", "PatentGranted.450000.450700.450703",
		"FundGranted.450000.450700.450703", "PatentGranted.450000.450700.450703.450703100", "PatentGranted.450000.450700.450702.450702100",
	} {
		if err := h.service.Publish("kaohe.event."+subject, nil); err != nil {
			t.Fatal(err)
		}
	}
	flush(t, h.service, nc)
	for sub, want := range map[*nats.Subscription]int{all: 2, below: 1, one: 1} {
		if n, _, err := sub.Pending(); n != want || err != nil {
			t.Errorf("%s got %d messages, %v, want %d", sub.Subject, n, err, want)
		}
	}
	if len(errs) > 0 {
		t.Error(<-errs)
	}
	nc, errs = h.client(t, nats.Token("token-of-emit"))
	value(nc.SubscribeSync("kaohe.event.*.450000.450700.450703"))(t)
	wantViolation(t, errs, "kaohe.event.*.450000.450700.450703")
}

// The connections of a log have their own rights: only the writer may publish commits.
func TestOwnConnectionsMayDoTheirWorkOnly(t *testing.T) {
	h := openHouse(t)
	must(t, h.service.Publish(natslog.Subject, []byte("[\n{}\n]")))
	flush(t, h.service)
	if err := h.PublishAsReader(t.Context(), natslog.Subject); err == nil {
		t.Error("the reader's connection may publish commits")
	}
	if end := eventtest.MustEnd(t, h.Log); end != 0 {
		t.Errorf("the log has %d commits, want none", end)
	}
}
