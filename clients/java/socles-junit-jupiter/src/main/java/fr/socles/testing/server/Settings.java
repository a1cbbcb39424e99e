package fr.socles.testing.server;

import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What the tests are told from outside: {@code socles.url} as a system property or in {@code junit-platform.properties},
 * {@code SOCLES_TESTING_URL} in the environment, as for pytest.
 */
@FunctionalInterface
public interface Settings {
    /**
     * A setting.
     *
     * @param name such as {@code socles.url}
     * @return its value, not blank; empty when nobody set it
     */
    Optional<String> get(String name);

    /**
     * Properties first, then the environment.
     *
     * @param properties gives null for what it does not know
     * @param environment gives null for what it does not know
     * @return the settings
     */
    static Settings of(UnaryOperator<String> properties, UnaryOperator<String> environment) {
        return name -> Optional.ofNullable(properties.apply(name)).filter(value -> !value.isBlank())
                .or(() -> Optional.ofNullable(environment.apply(variable(name))).filter(value -> !value.isBlank()));
    }

    /**
     * System properties, then the environment.
     *
     * @return the settings of this process
     */
    static Settings ofProcess() {
        return of(System::getProperty, System::getenv);
    }

    private static String variable(String name) {
        return name.replaceFirst("^socles", "SOCLES_TESTING").toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
