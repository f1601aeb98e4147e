package alertmanager_test

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTheDefaultTellsThisMachineAlone(t *testing.T) {
	c := mustConfig(t, "alertmanager.yml")
	if len(c.Global) > 0 {
		t.Errorf("global settings %v, want none", c.Global)
	}
	for _, r := range c.Receivers {
		if len(r.Webhook) != 1 || len(r.Mail)+len(r.WeCom) > 0 {
			t.Errorf("%s: want one webhook", r.Name)
			continue
		}
		address, err := url.Parse(r.Webhook[0]["url"].(string))
		if err != nil {
			t.Fatal(err)
		}
		if at, err := netip.ParseAddrPort(address.Host); err != nil || !at.Addr().IsLoopback() {
			t.Errorf("%s: posts to %s", r.Name, address)
		}
	}
}

func TestTheExampleHoldsNoSecret(t *testing.T) {
	secret := regexp.MustCompile(`(?i)^\s*(?:- )?(\w*(?:password|secret|token|credentials|api_key)\w*):\s*(.*)$`)
	found := 0
	for line := range strings.Lines(mustRead(t, "receivers.example.yml")) {
		m := secret.FindStringSubmatch(strings.TrimRight(line, "\n"))
		if m == nil {
			continue
		}
		found++
		if !strings.HasSuffix(m[1], "_file") && m[2] != "FILLED-IN-FROM-A-FILE" {
			t.Errorf("%s is %q, want a file or the placeholder", m[1], m[2])
		}
	}
	if found == 0 {
		t.Error("found no setting of a secret to look at")
	}
}

// TestTheExampleShowsBothLanguages: each kind of receiver is there, and each text of each language is used.
func TestTheExampleShowsBothLanguages(t *testing.T) {
	var mails, wecoms, webhooks int
	for _, r := range mustConfig(t, "receivers.example.yml").Receivers {
		mails, wecoms, webhooks = mails+len(r.Mail), wecoms+len(r.WeCom), webhooks+len(r.Webhook)
		if len(r.Mail)+len(r.WeCom)+len(r.Webhook) == 0 {
			t.Errorf("%s tells nobody", r.Name)
		}
		for _, told := range slices.Concat(r.Mail, r.WeCom, r.Webhook) {
			if told["send_resolved"] != true {
				t.Errorf("%s is not told of what has resolved: %v", r.Name, told)
			}
		}
	}
	if mails == 0 || wecoms == 0 || webhooks == 0 {
		t.Errorf("%d e-mails, %d messages of WeCom and %d webhooks, want some of each", mails, wecoms, webhooks)
	}
	text := mustRead(t, "receivers.example.yml")
	for _, language := range []string{"zh", "en"} {
		for _, part := range parts {
			if name := "kaohe." + language + "." + part; !strings.Contains(text, `template "`+name+`"`) {
				t.Errorf("%s is used by no receiver", name)
			}
		}
	}
}
