package fr.socles.testing.junit;

import fr.socles.testing.Dmp;
import fr.socles.testing.Events;
import fr.socles.testing.Exchanges;
import fr.socles.testing.Indicators;
import fr.socles.testing.Insi;
import fr.socles.testing.Mss;
import fr.socles.testing.Population;
import fr.socles.testing.Severity;
import fr.socles.testing.Socles;
import fr.socles.testing.SoclesAssertionError;
import fr.socles.testing.WorkspaceClock;
import fr.socles.testing.WorkspaceOptions;
import fr.socles.testing.server.Server;
import fr.socles.testing.server.Servers;
import fr.socles.testing.server.Settings;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * One workspace for each test, made before it and dropped after it, on one server for the whole run. Tests and their
 * {@code @BeforeEach} and {@code @AfterEach} methods take as parameters {@link Socles}, {@link Dmp}, {@link Mss},
 * {@link Insi}, {@link Indicators}, {@link Events}, {@link Exchanges}, {@link WorkspaceClock} and {@link Population};
 * {@code @BeforeAll} methods too may take the {@link Server}.
 *
 * <p>Where the server is, or how it is started, say the settings of {@link Servers#find}. Others: {@code socles.fail-on}
 * ({@code warning}, {@code error} …), {@code socles.timeout} (how many seconds waits last, by default 10), {@code socles.keep}
 * ({@code failed}: the workspace of a failed test stays until an hour after its last use, so that the links in the failure
 * work; {@code never}). What is not said is {@code failed} on somebody else's server and {@code never} on our own, which
 * ends with the run.
 */
public final class SoclesExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final Namespace NAMESPACE = Namespace.create(SoclesExtension.class);
    private static final Map<Class<?>, Function<Socles, Object>> PARAMETERS = Map.of(
            Socles.class, socles -> socles,
            Dmp.class, Socles::dmp,
            Mss.class, Socles::mss,
            Insi.class, Socles::insi,
            Indicators.class, Socles::indicators,
            Events.class, Socles::events,
            Exchanges.class, Socles::exchanges,
            WorkspaceClock.class, Socles::clock,
            Population.class, Socles::population);

    /** For JUnit. */
    public SoclesExtension() {}

    @Override
    public void beforeEach(ExtensionContext context) {
        WorkspaceOptions options = new WorkspaceOptions(
                said(context, one -> text(one.strictness())).orElse(WorkspaceOptions.DEFAULT.strictness()),
                WorkspaceOptions.DEFAULT.ttl(),
                said(context, one -> text(one.seedFrom())).orElse(null),
                settings(context).get("socles.timeout").map(SoclesExtension::seconds)
                        .orElse(WorkspaceOptions.DEFAULT.timeout()));
        Socles socles = Socles.open(server(context), options);
        context.getStore(NAMESPACE).put(Socles.class, socles);
        allow(context, socles);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Socles socles = context.getStore(NAMESPACE).remove(Socles.class, Socles.class);
        if (socles == null) {
            return; // it could not be made
        }
        boolean failed = context.getExecutionException().isPresent();
        try {
            context.getExecutionException().ifPresent(error -> tell(socles, error));
            if (!failed) {
                failed = true;
                socles.expectNoFindings(failOn(context));
                failed = false;
            }
        } finally {
            if (!failed || !keeps(context)) {
                socles.close();
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return PARAMETERS.containsKey(type) || type == Server.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        if (type == Server.class) {
            return server(context);
        }
        Socles socles = context.getStore(NAMESPACE).get(Socles.class, Socles.class);
        if (socles == null) {
            throw new ParameterResolutionException(type.getSimpleName()
                    + " belongs to one test: take it in a test, @BeforeEach or @AfterEach method, not in "
                    + parameter.getDeclaringExecutable());
        }
        return PARAMETERS.get(type).apply(socles);
    }

    /** A failure that does not show the exchanges by itself gets them as a suppressed exception. */
    private static void tell(Socles socles, Throwable error) {
        if (!(error instanceof SoclesAssertionError) && !socles.exchanges().all().isEmpty()) {
            error.addSuppressed(new ExchangesSeen(socles.describe()));
        }
    }

    private static Severity failOn(ExtensionContext context) {
        return said(context, one -> Arrays.stream(one.failOn()).findFirst())
                .or(() -> settings(context).get("socles.fail-on").map(Severity::of))
                .orElse(Severity.NEVER);
    }

    private static boolean keeps(ExtensionContext context) {
        return settings(context).get("socles.keep").map("failed"::equals).orElseGet(() -> !server(context).ours());
    }

    /** What the annotation of the method says, else that of its class, else that of a class around it. */
    private static <T> Optional<T> said(ExtensionContext context, Function<SoclesTest, Optional<T>> member) {
        return context.getElement().flatMap(one -> AnnotationSupport.findAnnotation(one, SoclesTest.class)).flatMap(member)
                .or(() -> context.getParent().flatMap(around -> said(around, member)));
    }

    private static void allow(ExtensionContext context, Socles socles) {
        context.getElement().flatMap(one -> AnnotationSupport.findAnnotation(one, SoclesTest.class))
                .ifPresent(one -> socles.allow(one.allow()));
        context.getParent().ifPresent(around -> allow(around, socles));
    }

    private static Duration seconds(String text) {
        return Duration.ofMillis(Math.round(Double.parseDouble(text) * 1000));
    }

    private static Optional<String> text(String said) {
        return Optional.of(said).filter(one -> !one.isEmpty());
    }

    private static Settings settings(ExtensionContext context) {
        return Settings.of(name -> context.getConfigurationParameter(name).orElse(null), System::getenv);
    }

    /** Started by the first test that needs it; JUnit closes it at the end of the run. */
    private static Server server(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE)
                .getOrComputeIfAbsent(Server.class, key -> Servers.find(settings(context)), Server.class);
    }
}
