package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

var program = flag.String("kaohe", "", "run the whole with this program; without it only the substitution is tested")

// The steps build on one another, so the first that fails ends the run.
func TestEndToEnd(t *testing.T) {
	if *program == "" {
		t.Skip("needs Prometheus and Alertmanager: deploy/e2e/run does it, and says how to get them")
	}
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(interrupted)
	w := newWorld(t, *program)
	w.settles(t, "the seed quarter")

	w.reportWhatIsMissing(t)
	w.settles(t, "the missing facts")

	w.restate(t)
	w.settles(t, "a late fact after the report")

	w.kaohe.kill(t)
	w.settles(t, "killed")

	w.startGuarded(t)
	w.settles(t, "back")

	w.useAllDoors(t)
	w.settles(t, "refused")
	w.visitOverNATS(t, "450703-huanke") // once more, for a rate needs two of them

	w.drawsDashboards(t)
	w.remembers(t)
}

// reportWhatIsMissing records enough that the four lags are caught up with.
func (w *world) reportWhatIsMissing(t *testing.T) {
	t.Helper()
	w.emit(t, "2018-03-20", "PatentGranted", "kind=invention", "count=4", "period_start=2018-01-01")
	w.emit(t, "2018-03-20", "HighTechRecognized", "enterprise_id=450703-liyuan", "certificate_no=GR201845000001", "kind=first")
	w.emit(t, "2018-03-20", "AchievementConverted", "achievement_id=CG-2018-001", "owner_id=450703-aisuokai", "amount_yuan=50万元")
	w.emit(t, "2018-03-20", "CarrierStageChanged", "carrier_id=FHQ-1", "kind=incubator", "to_stage=filed")
}

// restate records what comes after that which was applied for, raises a target, hands the quarter in, and records a
// project that was forgotten.
func (w *world) restate(t *testing.T) {
	t.Helper()
	w.emit(t, "2018-03-21", "ProjectStageChanged", "project_id=P-1", "to_stage=approved", "level=city", "approved_yuan=20万元")
	w.emit(t, "2018-03-21", "SubsidyDecided", "subsidy_id=S-1", "decision=approved", "kind=conversion", "approved_yuan=10万元")
	w.emit(t, "2018-03-22", "SubsidyDisbursed", "subsidy_id=S-1", "kind=conversion", "amount_yuan=10万元")
	w.emit(t, "2018-03-22", "PatentFiled", "kind=invention", "application_no=201810000001.1")
	w.emit(t, "2018-03-22", "HighTechApplied", "enterprise_id=450703-jiulian", "kind=first", "batch=1")
	w.emit(t, "2018-03-23", "TechContractRegistered", "contract_no=C-1", "kind=dev", "direction=output", "amount_yuan=30万元")
	w.emit(t, "2018-03-23", "TechContractRegistered", "contract_no=C-2", "kind=service", "direction=absorb", "amount_yuan=5万元")
	w.emit(t, "2018-03-26", "TargetSet", "indicator=envoy_guidances", "year=2018", "value=210", "basis=flow", "reason=加派特派员")
	w.run(t, "close", "2018Q1", "--reason", "一季度工作总结")
	w.emit(t, "2018-03-30", "ProjectSubmitted", "project_id=P-9", "applicant_id=450703-lvpai", "programme=科技惠农", "level=city",
		"stage=application", "requested_yuan=15万元")
}

// emit records a fact of a day.
func (w *world) emit(t *testing.T, day, event string, fields ...string) {
	t.Helper()
	w.run(t, append([]string{"emit", event, "--time", day}, fields...)...)
}

// startGuarded starts the program again on what the killed one left, at the same address, now with tokens, certificates
// and NATS. Prometheus is told what prometheus.yml says to tell it then.
func (w *world) startGuarded(t *testing.T) {
	t.Helper()
	cert, key := certificate(t, w.dir)
	admin := w.token(t, "admin", "emit,read,target,close")
	w.env = []string{"KAOHE_SERVER=https://" + w.addr, "KAOHE_TOKEN_FILE=" + admin, "KAOHE_TLS_CA=" + cert}
	addr := filepath.Join(w.dir, "nats-addr")
	w.kaohe = start(t, w.dir, "kaohe-guarded", w.program, "serve", "--data", w.data(), "--as-of", "2018-03-31", "--listen", w.addr,
		"--tls-cert", cert, "--tls-key", key, "--nats-listen", "127.0.0.1:0", "--nats-addr-file", addr)
	w.natsURL = w.kaohe.wrote(t, addr)

	self := strings.TrimPrefix(w.prometheus.url, "http://")
	rewriteAll(t, w.dir, "prometheus/prometheus.yml", append(w.prometheusEdits(self), guardedEdits(w.token(t, "prometheus", "read"), cert)...))
	if err := w.prometheus.cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
}

// token makes a token for all units, and returns the file that it is in.
func (w *world) token(t *testing.T, name, can string) string {
	t.Helper()
	token := w.run(t, "token", "create", "--data", w.data(), "--org", "*", "--can", can, "--name", name)
	return written0600(t, filepath.Join(w.dir, name+".token"), token)
}

// useAllDoors records over HTTP and NATS with a token, and tries with one that may not, so that all that is counted there has
// something to count.
func (w *world) useAllDoors(t *testing.T) {
	t.Helper()
	w.run(t, "import", w.visits(t))
	w.visitOverNATS(t, "450703-jiulian")
	reader := *w
	reader.env = append(slices.Clone(w.env), "KAOHE_TOKEN_FILE="+filepath.Join(w.dir, "prometheus.token"))
	reader.refused(t, visit("450703-zhuoneng")...)
}

// visitOverNATS records a visit over NATS.
func (w *world) visitOverNATS(t *testing.T, enterprise string) {
	t.Helper()
	there := *w
	there.env = append(slices.Clone(w.env), "KAOHE_SERVER="+w.natsURL)
	there.run(t, visit(enterprise)...)
}

// visit is a fact of the year before, which changes nothing that was handed in.
func visit(enterprise string) []string {
	return []string{"emit", "EnterpriseVisited", "enterprise_id=" + enterprise, "topic=研发费用归集", "--time", "2017-12-20"}
}

// visits writes as many of them to a file as it takes for a snapshot to be made.
func (w *world) visits(t *testing.T) string {
	t.Helper()
	var lines bytes.Buffer
	for i := range 100_000 {
		fmt.Fprintf(&lines, `{"specversion":"1.0","type":"EnterpriseVisited","source":"kaohe:450703","id":"visit-%[1]d","time":"2017-12-19","org":"450703",`+
			`"data":{"enterprise_id":"450703-%[1]d","topic":"研发费用归集"}}`+"\n", i)
	}
	path := filepath.Join(w.dir, "visits.ndjson")
	if err := os.WriteFile(path, lines.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
