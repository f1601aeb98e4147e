package e2e

import (
	"net"
	"path/filepath"
	"testing"
	"time"
)

// What takes minutes and hours where people are to be told takes a second here.
const tempo = time.Second

// rulesEdits are made to the rules: alerts wait less, and that is all.
func rulesEdits() []edit {
	return []edit{
		shortened("groups.*.interval", tempo).ifThere(),
		shortened("groups.*.rules.*.for", 3*tempo).ifThere(),
		shortened("groups.*.rules.*.keep_firing_for", 3*tempo).ifThere(),
	}
}

// prometheusEdits are made to prometheus.yml: it is all faster, and the ports are those of the run.
func prometheusEdits(kaohe, self, alertmanager string) []edit {
	return []edit{
		shortened("global.scrape_interval", tempo),
		shortened("global.scrape_timeout", tempo),
		shortened("global.evaluation_interval", tempo),
		replaced("alerting.alertmanagers.0.static_configs.0.targets.0", alertmanager),
		replaced("scrape_configs.0.static_configs.0.targets.0", kaohe),
		replaced("scrape_configs.1.static_configs.0.targets.0", self),
		replaced("scrape_configs.2.static_configs.0.targets.0", alertmanager),
	}
}

// guardedEdits are what prometheus.yml says to do once there are tokens and certificates; it has these lines as comments.
func guardedEdits(token, ca string) []edit {
	return []edit{
		replaced("scrape_configs.0.authorization", map[string]any{"credentials_file": token}),
		replaced("scrape_configs.0.scheme", "https"),
		replaced("scrape_configs.0.tls_config", map[string]any{"ca_file": ca}),
	}
}

// alertmanagerEdits are made to alertmanager.yml: it tells at once, at any hour, and all to the sink.
func alertmanagerEdits(sink string) []edit {
	return []edit{
		shortened("route.**.group_wait", tempo),
		shortened("route.**.group_interval", tempo),
		dropped("route.**.mute_time_intervals"),
		dropped("route.**.active_time_intervals"),
		replaced("receivers.*.webhook_configs.*.url", sink),
	}
}

// ifThere makes an edit one that may find nothing to do.
func (e edit) ifThere() edit {
	e.rare = true
	return e
}

// rewriteAll rewrites the files of a pattern below deploy/ to the same places below a directory.
func rewriteAll(t *testing.T, dir, pattern string, edits []edit) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", pattern))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files %s below deploy: %v", pattern, err)
	}
	for _, from := range paths {
		to, err := filepath.Rel("..", from)
		if err != nil {
			t.Fatal(err)
		}
		if err := rewrite(from, filepath.Join(dir, to), edits); err != nil {
			t.Fatal(err)
		}
	}
}

// The edits must find their places in what is shipped, which needs no Prometheus to tell.
func TestTheEditsFitWhatIsShipped(t *testing.T) {
	dir := t.TempDir()
	rewriteAll(t, dir, "prometheus/rules/*.yml", rulesEdits())
	rewriteAll(t, dir, "prometheus/prometheus.yml", append(prometheusEdits("127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3"), guardedEdits("token", "ca.pem")...))
	rewriteAll(t, dir, "alertmanager/alertmanager.yml", alertmanagerEdits("http://127.0.0.1:4"))
}

// freePort is an address of loopback at which nobody listens. That somebody else takes it before its use is possible, and
// fails the run with that message.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
