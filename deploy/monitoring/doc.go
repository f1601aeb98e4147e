// Package monitoring reads what deploy/ gives to Prometheus and Grafana: the rules with their alerts, and the dashboards.
// It is the one place that knows these file formats, so that tests can hold them against each other and against what the
// program exports: an alert without a runbook heading, a dashboard that draws a metric which nobody offers.
//
// Files are read strictly: a field that Prometheus does not know is a mistake here, too. Nothing in here runs in the
// program; tests alone import it.
package monitoring
