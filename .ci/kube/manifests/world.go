package main

import (
	"errors"
	"fmt"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	admission "k8s.io/pod-security-admission/api"
	security "k8s.io/pod-security-admission/policy"
)

// world is what the manifests make, sorted by what refers to what.
type world struct {
	sets     []*apps.StatefulSet
	services []*core.Service
	monitors []*monitoring.ServiceMonitor
	// pods are selectors of pods, by who selects.
	pods map[string]*meta.LabelSelector
}

func newWorld(objects []any) *world {
	w := &world{pods: map[string]*meta.LabelSelector{}}
	for _, o := range objects {
		switch o := o.(type) {
		case *apps.StatefulSet:
			w.sets = append(w.sets, o)
			w.pods["StatefulSet "+o.Name] = o.Spec.Selector
		case *core.Service:
			w.services = append(w.services, o)
			w.pods["Service "+o.Name] = &meta.LabelSelector{MatchLabels: o.Spec.Selector}
		case *policy.PodDisruptionBudget:
			w.pods["PodDisruptionBudget "+o.Name] = o.Spec.Selector
		case *networking.NetworkPolicy:
			w.pods["NetworkPolicy "+o.Name] = &o.Spec.PodSelector
		case *monitoring.ServiceMonitor:
			w.monitors = append(w.monitors, o)
		}
	}
	return w
}

// check returns all that is wrong.
func (w *world) check() (err error) {
	if len(w.sets) == 0 || len(w.services) == 0 || len(w.monitors) == 0 {
		return errors.New("a StatefulSet, a Service or a ServiceMonitor is missing")
	}
	for _, set := range w.sets {
		err = errors.Join(err, restricted(set), w.checkSet(set))
		for who, selector := range w.pods {
			if !matches(selector, set.Spec.Template.Labels) {
				err = errors.Join(err, fmt.Errorf("%s does not select the pods of StatefulSet %s", who, set.Name))
			}
		}
	}
	for _, m := range w.monitors {
		err = errors.Join(err, w.checkMonitor(m))
	}
	return err
}

// restricted tells whether a namespace with the profile "restricted" lets the pods run.
func restricted(set *apps.StatefulSet) error {
	evaluator, err := security.NewEvaluator(security.DefaultChecks(), nil)
	if err != nil {
		return err
	}
	level := admission.LevelVersion{Level: admission.LevelRestricted, Version: admission.LatestVersion()}
	pod := &set.Spec.Template
	if r := security.AggregateCheckResults(evaluator.EvaluatePod(level, &pod.ObjectMeta, &pod.Spec)); !r.Allowed {
		return fmt.Errorf("pods of StatefulSet %s are not restricted: %s", set.Name, r.ForbiddenDetail())
	}
	return nil
}

// checkSet looks for mounts without a volume, probes and services at ports that there are not, and a missing headless service.
func (w *world) checkSet(set *apps.StatefulSet) (err error) {
	pod, volumes := set.Spec.Template.Spec, map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = true
	}
	for _, claim := range set.Spec.VolumeClaimTemplates {
		volumes[claim.Name] = true
	}
	ports := map[string]bool{}
	for _, c := range append(pod.InitContainers, pod.Containers...) {
		for _, m := range c.VolumeMounts {
			if !volumes[m.Name] {
				err = errors.Join(err, fmt.Errorf("container %s mounts %q, which is no volume", c.Name, m.Name))
			}
		}
		for _, p := range c.Ports {
			ports[p.Name] = true
		}
		for _, p := range []*core.Probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
			if p != nil && (p.HTTPGet == nil || !ports[p.HTTPGet.Port.String()]) {
				err = errors.Join(err, fmt.Errorf("a probe of container %s does not ask one of its ports by HTTP", c.Name))
			}
		}
	}
	headless := false
	for _, s := range w.services {
		headless = headless || s.Name == set.Spec.ServiceName && s.Spec.ClusterIP == core.ClusterIPNone
		for _, p := range s.Spec.Ports {
			if !ports[p.TargetPort.String()] {
				err = errors.Join(err, fmt.Errorf("service %s goes to port %s, which no container has", s.Name, p.TargetPort.String()))
			}
		}
	}
	if !headless {
		err = errors.Join(err, fmt.Errorf("StatefulSet %s has no headless service %q", set.Name, set.Spec.ServiceName))
	}
	return err
}

// checkMonitor: a monitor scrapes each pod once, so it selects one service, at a port of it; and the job that the rules know
// comes from a label which that service has.
func (w *world) checkMonitor(m *monitoring.ServiceMonitor) error {
	var found []*core.Service
	for _, s := range w.services {
		if matches(&m.Spec.Selector, s.Labels) {
			found = append(found, s)
		}
	}
	if len(found) != 1 {
		return fmt.Errorf("ServiceMonitor %s selects %d services, want one", m.Name, len(found))
	}
	if job := found[0].Labels[m.Spec.JobLabel]; job != "kaohe" {
		return fmt.Errorf("ServiceMonitor %s: the job is %q, and the rules know kaohe", m.Name, job)
	}
	for _, e := range m.Spec.Endpoints {
		at := false
		for _, p := range found[0].Spec.Ports {
			at = at || p.Name == e.Port
		}
		if !at {
			return fmt.Errorf("ServiceMonitor %s scrapes port %q, which service %s does not have", m.Name, e.Port, found[0].Name)
		}
	}
	return nil
}

func matches(selector *meta.LabelSelector, set map[string]string) bool {
	s, err := meta.LabelSelectorAsSelector(selector)
	return err == nil && !s.Empty() && s.Matches(labels.Set(set))
}
